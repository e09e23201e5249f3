import type { PeopleEvent, Refusal } from '../domain/acts/decision.ts';
import type { Author, NewEvent, RecordedEvent } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { ReadModel } from '../ports/readModel.ts';
import { VERSION } from '../version.ts';

/** A fact that a person stated, with who and when, ready to append. */
export function peopleFact(event: PeopleEvent, id: string, { actor, requestId }: Author, now: Micros): NewEvent {
  return {
    id,
    type: event.type,
    data: event.data,
    metadata: {
      v: 1,
      recorded_at: toRfc3339(now),
      app: VERSION,
      $correlationId: requestId,
      actor,
      request_id: requestId,
    },
  };
}

/** A refusal of the domain as the error that the client sees. */
export function refusalError({ code, pointer, detail }: Refusal): CommslogError {
  switch (code) {
    case 'NO_SUCH_CUSTOMER':
    case 'NO_SUCH_NOTE':
      return new CommslogError('NOT_FOUND', detail);
    case 'KEY_REUSED':
      return new CommslogError('IDEMPOTENCY_KEY_REUSED', detail);
    case 'CUSTOMER_EXISTS':
    case 'TOO_MANY_NUMBERS':
    case 'TOO_MANY_NOTES':
    case 'NOT_LOGGED_BY_HAND':
    case 'LOGGED_BY_HAND':
    case 'MERGED_ELSEWHERE':
      return new CommslogError('CONFLICT', detail);
    case 'UNKNOWN_CUSTOMER':
    case 'UNKNOWN_MANUAL_CALL':
    case 'NO_NUMBER':
    case 'TIME_OUT_OF_RANGE':
      return new CommslogError('VALIDATION_FAILED', 'The body of the request is not as it must be.', {
        fields: [{ pointer, detail }],
      });
  }
}

/** The stream's first event; undefined when it has none. */
export function firstEvent(log: EventStore, stream: string): Promise<RecordedEvent | undefined> {
  return oneEvent(log, stream, 'forwards');
}

/** The stream's last event; undefined when it has none. */
export function lastEvent(log: EventStore, stream: string): Promise<RecordedEvent | undefined> {
  return oneEvent(log, stream, 'backwards');
}

async function oneEvent(log: EventStore, stream: string, direction: 'forwards' | 'backwards') {
  for await (const [event] of log.readStream(stream, { direction, limit: 1 })) return event;
  return undefined;
}

const PROJECTION_WAIT_MS = 2_000;

/** Waits until readers see what stands at `position`, so that the client's next list shows it; not for ever. */
export async function untilVisible(readModel: ReadModel, position: bigint): Promise<boolean> {
  return readModel.caughtUp(position, AbortSignal.timeout(PROJECTION_WAIT_MS));
}
