/** The texts of rows of the fold that came from outside. */
import type { Why } from '../entry.ts';
import type { HeardEntry } from './heardCall.ts';

type FromOutside = Pick<HeardEntry, 'outside' | 'external_name' | 'did' | 'dialled' | 'trunk' | 'extensions' | 'rang'>;

type Change = (text: string) => string;

/** A finished call or one in progress, with each text changed. */
export function withTexts<Row extends FromOutside>(row: Row, change: Change): Row {
  const orNull = (text: string | null) => (text === null ? null : change(text));
  const { outside, external_name, did, dialled, trunk, extensions, rang } = row;
  return {
    ...row,
    outside: outside && {
      ...outside,
      number: orNull(outside.number),
      presented: orNull(outside.presented),
      trunk: change(outside.trunk),
      called: orNull(outside.called),
      typed: orNull(outside.typed),
    },
    external_name: orNull(external_name),
    did: orNull(did),
    dialled: orNull(dialled),
    trunk: orNull(trunk),
    extensions: extensions.map(change),
    rang: rang.map(change),
  };
}

/** The same of a finished call, down to what its reasons looked at. */
export function entryWithTexts(entry: HeardEntry, change: Change): HeardEntry {
  const { segments, legs, why } = entry;
  return {
    ...withTexts(entry, change),
    queues: entry.queues?.map(change) ?? null,
    segments: segments.map((one) => ({ ...one, party: change(one.party), channel: change(one.channel) })),
    legs: legs.map((one) => ({ ...one, party: change(one.party), channel: change(one.channel) })),
    course: entry.course?.map((one) => ({ ...one, with: one.with === null ? null : change(one.with) })) ?? null,
    why: changedWhy(why, change),
  };
}

function changedWhy(why: Why, change: Change): Why {
  const changed: Record<string, Why[string]> = {};
  for (const [column, { rule, inputs }] of Object.entries(why)) {
    const looked: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(inputs)) looked[name] = changedIn(value, change);
    changed[column] = { rule, inputs: looked };
  }
  return changed;
}

/** Reasons look at texts and lists of texts. */
function changedIn(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return value.map((one) => changedIn(one, change));
  return typeof value === 'string' ? change(value) : value;
}
