/** Where the row of a call and its call records say different things. */
import type { CallEntry } from '../entry.ts';
import { fromRfc3339 } from '../time.ts';

export const disagreementKinds = [
  /** only records tell of the call */
  'not_heard',
  /** what was missed of it came from the records */
  'heard_in_part',
  'not_recorded',
  /** a record whose ids name calls of several lives of the PBX, and that fits none of them by time */
  'fits_no_call',
  'direction',
  'outcome',
  'number',
  'did',
  'extensions',
  'begin',
  'answer',
  'end',
] as const;
export type DisagreementKind = (typeof disagreementKinds)[number];

export type Disagreement = {
  readonly kind: DisagreementKind;
  readonly heard: string | null;
  readonly recorded: string | null;
};

/** Records cut each time to a whole second, and lengths as well. */
const TOLERANCE = 2_000_000;

type Compared = Pick<
  CallEntry,
  'direction' | 'outcome' | 'external_number_raw' | 'did' | 'extensions' | 'occurred_at' | 'answered_at' | 'ended_at'
>;

/** What both tell and tell differently; what one of them does not tell is no disagreement. */
export function compareRows(heard: Compared, recorded: Compared): Disagreement[] {
  const texts: readonly [DisagreementKind, string | null, string | null][] = [
    ['direction', heard.direction, recorded.direction],
    ['outcome', heard.outcome, recorded.outcome],
    ['number', heard.external_number_raw, recorded.external_number_raw],
    ['did', heard.did, recorded.did],
    ['extensions', named(heard.extensions), named(recorded.extensions)],
  ];
  const times: readonly [DisagreementKind, string | null, string | null][] = [
    ['begin', heard.occurred_at, recorded.occurred_at],
    ['answer', heard.answered_at, recorded.answered_at],
    ['end', heard.ended_at, recorded.ended_at],
  ];
  return [
    ...texts.filter(([, a, b]) => a !== null && b !== null && a !== b),
    ...times.filter(([, a, b]) => a !== null && b !== null && apart(a, b) > TOLERANCE),
  ].map(([kind, a, b]) => ({ kind, heard: a, recorded: b }));
}

/** Nobody and nothing told is the same here. */
function named(extensions: readonly string[]): string | null {
  return extensions.length === 0 ? null : [...extensions].sort().join(' ');
}

function apart(a: string, b: string): number {
  return Math.abs((fromRfc3339(a) ?? 0) - (fromRfc3339(b) ?? 0));
}
