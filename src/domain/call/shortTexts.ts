/** The rows of the fold with what came from outside cut to a length that every reader can take. */
import type { CallEntry, Why } from '../entry.ts';
import { shortText } from '../shortText.ts';

type FromOutside = Pick<
  CallEntry,
  'external_number_raw' | 'external_name' | 'did' | 'dialled' | 'trunk' | 'extensions' | 'rang'
>;

/** A finished call or one in progress, with short texts. */
export function withShortTexts<Row extends FromOutside>(row: Row): Row {
  const { external_number_raw, external_name, did, dialled, trunk, extensions, rang } = row;
  return {
    ...row,
    external_number_raw: shortOrNull(external_number_raw),
    external_name: shortOrNull(external_name),
    did: shortOrNull(did),
    dialled: shortOrNull(dialled),
    trunk: shortOrNull(trunk),
    extensions: extensions.map(shortText),
    rang: rang.map(shortText),
  };
}

/** The same of a finished call, down to what its reasons looked at. */
export function entryWithShortTexts(entry: CallEntry): CallEntry {
  const { segments, legs, why } = entry;
  return {
    ...withShortTexts(entry),
    segments: segments.map((one) => ({ ...one, party: shortText(one.party), channel: shortText(one.channel) })),
    legs: legs.map((one) => ({ ...one, party: shortText(one.party), channel: shortText(one.channel) })),
    why: shortWhy(why),
  };
}

function shortWhy(why: Why): Why {
  const reasons = Object.entries(why).map(([column, { rule, inputs }]): [string, Why[string]] => {
    const looked = Object.entries(inputs).map(([name, value]): [string, unknown] => [name, shortIn(value)]);
    return [column, { rule, inputs: Object.fromEntries(looked) }];
  });
  return Object.fromEntries(reasons);
}

/** Reasons look at texts and lists of texts. */
function shortIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortIn);
  return typeof value === 'string' ? shortText(value) : value;
}

function shortOrNull(text: string | null): string | null {
  return text === null ? null : shortText(text);
}
