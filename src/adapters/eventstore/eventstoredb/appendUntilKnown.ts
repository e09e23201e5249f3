import type { Logger } from 'pino';
import { policyOf } from '../../../errorPolicy.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { OutgoingEvent } from '../../../log/outgoing.ts';
import type { AppendResult, EventStore, ExpectedRevision } from '../../../ports/eventStore.ts';
import { createBackoff, pause } from '../../../retry.ts';
import type { Send } from './appendQueue.ts';

const MAX_ATTEMPTS = 3;
const RETRIES = { minMs: 50, maxMs: 5_000 };

type Options = {
  readonly send: Send;
  readonly readStream: EventStore['readStream'];
  /** when it aborts, nothing is tried again */
  readonly signal: AbortSignal;
  readonly logger: Logger | undefined;
};

type Batch = {
  readonly stream: string;
  readonly events: readonly OutgoingEvent[];
  readonly expected: ExpectedRevision;
};

/**
 * Appends until it is known what became of it. When an answer does not come, none, all or a first part of the batch may be
 * stored: of a call that is cut off in the middle the server commits what it has got (measured on 24.2: 22 events of 79).
 * The same batch again finds out: if the server says that the stream ends elsewhere, every id is compared with what stands
 * there, and the rest is appended.
 */
export function createAppendUntilKnown({ send, readStream, signal, logger }: Options): Send {
  /** The result, or how many of the batch's events stand there, of which `stored` were known. */
  const tryOnce = async (batch: Batch, stored: number): Promise<AppendResult | number> => {
    const { stream, events, expected } = batch;
    try {
      return await send(stream, events.slice(stored), stored === 0 ? expected : lastRevision(expected, stored));
    } catch (error) {
      if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
      const standing = await compare(batch, error);
      if (standing.count === events.length)
        return { revision: lastRevision(expected, events.length), position: standing.position };
      if (standing.count > stored) return standing.count;
      // stored, but not yet replicated: it cannot be read before
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'EventStoreDB does not show yet where the stream ends');
    }
  };

  /** What stands of a batch where it was sent to. Throws `refusal` when it is not the batch, or the stream ends before. */
  const compare = async ({ stream, events, expected }: Batch, refusal: CommslogError) => {
    const before = lastRevision(expected, 0);
    let next = before < 0n ? 0n : before;
    let count = 0;
    let position = 0n;
    const limit = events.length + (before < 0n ? 0 : 1);
    for await (const page of readStream(stream, { from: next, limit })) {
      for (const event of page) {
        if (event.revision !== next) throw refusal;
        next += 1n;
        if (event.revision === before) continue;
        if (event.id !== events[count]?.id) throw refusal;
        count += 1;
        position = event.position;
      }
    }
    if (next === before) throw refusal;
    return { count, position };
  };

  return async (stream, events, expected) => {
    const waits = createBackoff(RETRIES);
    let stored = 0;
    for (let attempt = 1; ; ) {
      try {
        const tried = await tryOnce({ stream, events, expected }, stored);
        if (typeof tried !== 'number') return tried;
        stored = tried;
        logger?.warn({ stored, events: events.length }, 'a part of an append was stored, appending the rest');
      } catch (error) {
        if (!isUnknown(error, attempt > 1 || stored > 0)) throw error;
        if (attempt >= MAX_ATTEMPTS || signal.aborted) throw unanswered(error);
        logger?.warn({ err: error, attempt }, 'no answer to an append, sending it again');
        attempt += 1;
        await pause(waits.next(), signal);
      }
    }
  };
}

/** Whether the error leaves open what became of the append, parts of which an earlier try may have stored. */
function isUnknown(error: unknown, mayBeStored: boolean): boolean {
  return (
    isUnlisted(error) || hasCode(error, 'LOG_OUTCOME_UNKNOWN') || (mayBeStored && hasCode(error, 'LOG_UNAVAILABLE'))
  );
}

/** What no table has stays what it is: if it comes with these events alone, they count as what can never be stored. */
function unanswered(error: unknown): unknown {
  if (isUnlisted(error)) return error;
  return new CommslogError('LOG_OUTCOME_UNKNOWN', 'EventStoreDB does not answer', { cause: error });
}

function isUnlisted(error: unknown): boolean {
  return !(error instanceof CommslogError) && policyOf(error) === null;
}

/** The revision of the n-th event of a batch, and where the stream is expected to end before it for n = 0. */
function lastRevision(expected: ExpectedRevision, n: number): bigint {
  return (expected === 'no_stream' ? -1n : expected) + BigInt(n);
}
