import { isDeepStrictEqual } from 'node:util';
import { v4 as uuid } from 'uuid';
import { envelope, statedBy } from '../domain/envelope.ts';
import type { Author, JsonObject, NewEvent } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { createBackoff, pause } from '../retry.ts';
import { VERSION } from '../version.ts';
import { endOf, type StreamEnd } from './streamEnds.ts';
import { transact } from './transact.ts';

const RETRIES = { minMs: 50, maxMs: 500 };
/** How often is asked for the same when nobody knows whether it was stored. */
const MAX_TRIES = 5;

/** What the log is told about itself. */
export type Said = { readonly stream: string; readonly type: string; readonly data: JsonObject };

/** Who says it, and when; null: the program itself. */
export type SaidBy = { readonly clock: Clock; readonly by: Author | null };

/** Tells the log something about itself; what stands there last is not said twice. Errors: those of an append. */
export async function tellLog(log: EventStore, said: Said, by: SaidBy): Promise<void> {
  const event = eventOf(said, by);
  await untilKnown(() =>
    transact(
      log,
      () => endOf(log, said.stream),
      (to) => ({ to, events: isSaid(to, said) ? [] : [event] }),
    ),
  );
}

/** As `tellLog`, but only if the stream still ends there. Errors: `CONFLICT` when it does not, those of an append. */
export async function tellLogAt(log: EventStore, end: StreamEnd, said: Said, by: SaidBy): Promise<void> {
  if (isSaid(end, said)) return;
  const event = eventOf(said, by);
  try {
    await untilKnown(() => log.append(said.stream, [event], end.last?.revision ?? 'no_stream'));
  } catch (error) {
    if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
    throw new CommslogError('CONFLICT', 'Another version was activated at the same moment; look again.');
  }
}

function eventOf({ type, data }: Said, { clock, by }: SaidBy): NewEvent {
  return envelope(
    { id: uuid(), type, data },
    { at: clock.now(), app: VERSION, correlationId: by?.requestId ?? uuid() },
    by === null ? {} : statedBy(by),
  );
}

function isSaid({ last }: StreamEnd, { type, data }: Said): boolean {
  return last?.type === type && isDeepStrictEqual(last.data, data);
}

/** Asks for the same again while nobody knows whether it was stored. */
async function untilKnown(append: () => Promise<unknown>): Promise<void> {
  const waits = createBackoff(RETRIES);
  for (let tries = 1; ; tries += 1) {
    try {
      await append();
      return;
    } catch (error) {
      if (!hasCode(error, 'LOG_OUTCOME_UNKNOWN') || tries === MAX_TRIES) throw error;
      await pause(waits.next());
    }
  }
}
