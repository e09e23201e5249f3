import type { CallEntry, Match } from '../../domain/entry.ts';
import { type Cut, manyOfACall } from '../../ports/readModel.ts';

/** How many phones or possible customers of one call lists and the live feed show. */
const MAX_SHOWN = 50;

type Row = Pick<CallEntry, 'extensions' | 'rang'> & {
  /** of a call in progress nothing is told */
  readonly queues?: CallEntry['queues'];
  readonly match: Match;
};

/** The row with the first of what a call can have any number of. */
export function shownInPart<T extends Row>(row: T): T & Cut {
  const { extensions, rang, queues = null, match } = row;
  const { candidates } = match;
  const all = { extensions, rang, queues, candidates };
  return {
    ...row,
    extensions: firstOf(extensions),
    rang: firstOf(rang),
    ...(queues === null ? {} : { queues: firstOf(queues) }),
    match: { ...match, candidates: firstOf(candidates) },
    cut: manyOfACall.filter((name) => hasMore(all[name])),
    phones: [...new Set([extensions, rang].flatMap((some) => some ?? []))],
  };
}

function firstOf<T>(all: T[]): T[] {
  return hasMore(all) ? all.slice(0, MAX_SHOWN) : all;
}

/** A column that a version of an earlier program lacks reads as null. */
function hasMore(all: readonly unknown[] | null): boolean {
  return all !== null && all.length > MAX_SHOWN;
}
