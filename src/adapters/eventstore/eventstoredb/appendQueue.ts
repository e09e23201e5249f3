import { policyOf } from '../../../errorPolicy.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import { type OutgoingEvent, sizeOf } from '../../../log/outgoing.ts';
import { type AppendResult, type ExpectedRevision, MAX_APPEND_BYTES } from '../../../ports/eventStore.ts';
import { createGate } from './gate.ts';

/** A connection carries about 99 calls, the next one waits silently for ever; reads and subscriptions need theirs. */
const MAX_APPENDS_IN_FLIGHT = 64;
const MAX_WAITING_APPENDS = 10_000;

type Waiting = {
  readonly events: readonly OutgoingEvent[];
  readonly expected: ExpectedRevision;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
};

export type Send = (
  stream: string,
  events: readonly OutgoingEvent[],
  expected: ExpectedRevision,
) => Promise<AppendResult>;

/**
 * Appends to different streams side by side, to one stream one after the other. What waits for the same stream and follows
 * on one another goes in one append; the position in the answer is then that of the last event of all of them.
 */
export function createAppendQueue(send: Send): Send {
  const streams = new Map<string, Waiting[]>();
  const gate = createGate(MAX_APPENDS_IN_FLIGHT);
  let waiting = 0;

  const sendOne = async (stream: string, { events, expected, resolve, reject }: Waiting) => {
    try {
      resolve(await send(stream, events, expected));
    } catch (error) {
      reject(error);
    }
  };

  const sendTogether = async (stream: string, group: readonly Waiting[]) => {
    const [first, ...more] = group;
    if (first === undefined) return;
    if (more.length === 0) return sendOne(stream, first);
    try {
      const events = group.flatMap((append) => append.events);
      const { position } = await send(stream, events, first.expected);
      for (const append of group) append.resolve({ revision: revisionAfter(append), position });
    } catch (error) {
      // only one of them may be wrong, or too much with the others
      if (hasCode(error, 'WRONG_EXPECTED_REVISION') || policyOf(error) === 'never')
        for (const append of group) await sendOne(stream, append);
      else for (const append of group) append.reject(error);
    }
  };

  const work = async (stream: string, queue: Waiting[]) => {
    while (queue.length > 0) {
      await gate(async () => {
        const group = takeFollowing(queue);
        waiting -= group.length;
        await sendTogether(stream, group);
      });
    }
    streams.delete(stream);
  };

  return (stream, events, expected) => {
    if (waiting >= MAX_WAITING_APPENDS)
      return Promise.reject(new CommslogError('LOG_UNAVAILABLE', 'too many appends are waiting for EventStoreDB'));
    waiting += 1;
    return new Promise((resolve, reject) => {
      const append = { events, expected, resolve, reject };
      const queue = streams.get(stream);
      if (queue) queue.push(append);
      else {
        const own = [append];
        streams.set(stream, own);
        void work(stream, own);
      }
    });
  };
}

/** Takes the first append and those behind it that follow on one another, up to the largest append. */
function takeFollowing(queue: Waiting[]): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  let end: ExpectedRevision | undefined;
  for (const append of queue) {
    bytes += append.events.reduce((sum, event) => sum + sizeOf(event), 0);
    if (count > 0 && (append.expected !== end || bytes > MAX_APPEND_BYTES)) break;
    end = revisionAfter(append);
    count += 1;
  }
  return queue.splice(0, count);
}

function revisionAfter({ events, expected }: Waiting): bigint {
  return (expected === 'no_stream' ? -1n : expected) + BigInt(events.length);
}
