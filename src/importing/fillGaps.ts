/** The call records of some gaps → the log, and what became of each gap. */
import type { NotFilledReason } from '../domain/gaps.ts';
import type { Micros } from '../domain/time.ts';
import { policyOf } from '../errorPolicy.ts';
import { hasCode } from '../errors.ts';
import type { CallRecordSource } from '../ports/callRecordSource.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { GapCounts } from './gapCounts.ts';
import type { Filling, Gap } from './gaps.ts';
import { importRecords } from './importRecords.ts';

/** A call that ended in a gap may have begun so long before; clocks differ by less than the second. */
export const BEFORE = 14_400_000_000;
export const BEHIND = 300_000_000;

export type FillOptions = {
  readonly log: EventStore;
  readonly pbx: string;
  readonly zone: string;
  readonly open: () => Promise<CallRecordSource>;
  readonly clock: Clock;
  readonly app: string;
  readonly signal: AbortSignal;
};

export type Outcome = Pick<Filling, 'outcome' | 'records' | 'calls'> & { readonly reason: NotFilledReason | null };

/**
 * Imports the records of the time around the gaps, which lie close together, and counts what lies in each. Errors: those
 * of the source and the log.
 */
export async function fillGaps(gaps: readonly Gap[], options: FillOptions): Promise<(gap: Gap) => Outcome> {
  const { log, pbx, open } = options;
  const since = Math.min(...gaps.map(({ from }) => from)) - BEFORE;
  const until = Math.max(...gaps.map(({ to }) => to)) + BEHIND;
  const counts = new GapCounts(log, pbx, gaps);
  const source = await open();
  try {
    const wanted = { since: since as Micros, until: until as Micros, after: null };
    for await (const { events } of importRecords({ ...options, ...wanted, source })) await counts.take(events);
  } finally {
    await source.close();
  }
  return (gap) => ({ outcome: 'filled', ...counts.of(gap), reason: null });
}

/** What an error says of the gap that was to be filled; null: it is of the log, which cannot be told anything either. */
export function notFilled(error: unknown): Outcome | null {
  const reason = reasonOf(error);
  return reason === null ? null : { outcome: 'not_filled', records: 0, calls: 0, reason };
}

function reasonOf(error: unknown): NotFilledReason | null {
  if (hasCode(error, 'CDR_UNAVAILABLE')) return 'unavailable';
  if (hasCode(error, 'CDR_UNREADABLE')) return 'unreadable';
  if (hasCode(error, 'CDR_TIME_ZONE_WRONG')) return 'time_zone_wrong';
  return policyOf(error) === 'later' ? null : 'failed';
}
