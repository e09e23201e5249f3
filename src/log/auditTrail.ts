import { v4 as uuid } from 'uuid';
import { envelope, statedBy } from '../domain/envelope.ts';
import { type RecordedEvent, streamOf } from '../domain/events.ts';
import { recordedAt } from '../domain/recorded.ts';
import { toRfc3339 } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { AuditKey, AuditTrail } from '../ports/auditTrail.ts';
import type { Clock } from '../ports/clock.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import { VERSION } from '../version.ts';
import { readingUntil } from './readingUntil.ts';
import { endOf, firstEvent } from './streamEnds.ts';
import { transact } from './transact.ts';

/** What one process records goes one after the other, so that only processes are in one another's way. */
const MAX_WAITING = 1_000;

type Reading = Pick<EventStore, 'readStream'>;
type Log = Reading & Pick<EventStore, 'append'>;

/** The port `AuditTrail` over the log: one stream a month, so that none grows for ever. */
export function createAuditTrail({ log, clock }: { readonly log: Log; readonly clock: Clock }): AuditTrail {
  const thisMonth = () => toRfc3339(clock.now()).slice(0, 'yyyy-mm'.length);
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const inTurn = async (work: () => Promise<void>) => {
    if (waiting >= MAX_WAITING) throw new CommslogError('LOG_UNAVAILABLE', 'too much waits to be recorded; try again');
    waiting += 1;
    const own = before.then(work).finally(() => {
      waiting -= 1;
    });
    before = own.catch(() => undefined);
    return own;
  };

  return {
    record: ({ type, data }, by) =>
      inTurn(async () => {
        const event = envelope(
          { id: uuid(), type, data },
          { at: clock.now(), app: VERSION, correlationId: by.requestId },
          statedBy(by),
        );
        const stream = streamOf.audit(thisMonth());
        await transact(
          log,
          () => endOf(log, stream),
          (to) => ({ to, events: [event] }),
        );
      }),

    async list(after, limit, signal) {
      const reading = readingUntil(log, signal);
      const first = await monthOfFirstRules(reading);
      const items: RecordedEvent[] = [];
      let { month, revision } = startOf(after, thisMonth());
      while (first !== null && month >= first && items.length <= limit) {
        items.push(...(await readBackwards(reading, streamOf.audit(month), revision, limit + 1 - items.length)));
        month = monthBefore(month);
        revision = null;
      }
      const page = items.slice(0, limit);
      const last = page.at(-1);
      const next = items.length > limit && last !== undefined ? keyOf(last) : null;
      return { items: page, next };
    },
  };
}

/** A month that has not come yet holds nothing, whoever asks for it. */
function startOf(after: AuditKey | null, thisMonth: string): { month: string; revision: bigint | null } {
  return after === null || after.month > thisMonth ? { month: thisMonth, revision: null } : after;
}

/** Nothing is read or exported before the log has rules, also not in what it was copied from. */
async function monthOfFirstRules(log: Reading): Promise<string | null> {
  const first = await firstEvent(log, streamOf.rules);
  return first ? toRfc3339(recordedAt(first)).slice(0, 'yyyy-mm'.length) : null;
}

/** Events before `before` (exclusive; null: from the end), the last one first. */
async function readBackwards(
  log: Reading,
  stream: string,
  before: bigint | null,
  limit: number,
): Promise<RecordedEvent[]> {
  if (before === 0n) return [];
  const from = before === null ? {} : { from: before - 1n };
  return readEvents(log, stream, { direction: 'backwards', limit, ...from });
}

function keyOf({ stream, revision }: RecordedEvent): { month: string; revision: bigint } {
  return { month: stream.slice(streamOf.audit('').length), revision };
}

/** `2026-01` → `2025-12`. */
function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
