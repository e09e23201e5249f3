import type { NewEvent } from '../../src/domain/events.ts';
import { CommslogError, type ErrorCode } from '../../src/errors.ts';
import type { AppendResult, EventStore, ExpectedRevision } from '../../src/ports/eventStore.ts';

/** What becomes of an append: it works, fails with a code or an error, or is stored and its answer is lost. */
export type Fate = 'works' | 'stored_but_unknown' | ErrorCode | Error;

export type BrokenLog = EventStore & {
  /** streams and numbers of events of the appends that reached the log */
  readonly appends: { readonly stream: string; readonly events: number }[];
  /** what the real log answered to the others */
  readonly refusals: readonly unknown[];
  /** most appends that were under way at the same time */
  mostAtOnce(): number;
};

/** A real log, each of whose appends meets the fate that `fateOf` says. */
export function brokenLog(inner: EventStore, fateOf: (stream: string, events: readonly NewEvent[]) => Fate): BrokenLog {
  const appends: { stream: string; events: number }[] = [];
  const refusals: unknown[] = [];
  let underWay = 0;
  let most = 0;
  const append = async (
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> => {
    const fate = fateOf(stream, events);
    if (fate instanceof Error) throw fate;
    if (fate !== 'works' && fate !== 'stored_but_unknown') throw new CommslogError(fate, 'broken by the test');
    underWay += 1;
    most = Math.max(most, underWay);
    try {
      const result = await inner.append(stream, events, expected).catch((error: unknown) => {
        refusals.push(error);
        throw error;
      });
      appends.push({ stream, events: events.length });
      if (fate === 'stored_but_unknown') throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'broken by the test');
      return result;
    } finally {
      underWay -= 1;
    }
  };
  return {
    append,
    appends,
    refusals,
    mostAtOnce: () => most,
    readStream: (stream, options) => inner.readStream(stream, options),
    readAll: (after, filter, signal) => inner.readAll(after, filter, signal),
    subscribe: (after, filter, signal) => inner.subscribe(after, filter, signal),
    erase: (streams) => inner.erase(streams),
    eraseEvents: inner.eraseEvents,
    head: () => inner.head(),
    logId: () => inner.logId(),
    close: () => inner.close(),
  };
}
