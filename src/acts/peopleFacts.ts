import { randomUUID } from 'node:crypto';
import type { Decision, PeopleEvent, Refusal } from '../domain/acts/decision.ts';
import { envelope, statedBy } from '../domain/envelope.ts';
import type { Author, NewEvent } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import { VERSION } from '../version.ts';

/** Who states a fact and when; `eventId` where a repeated request must find it, else by chance; of which import it is. */
export type Statement = {
  readonly author: Author;
  readonly now: Micros;
  readonly eventId?: string | undefined;
  readonly importId?: string | undefined;
};

/** What was decided, as facts ready to append. Errors: what the decision refuses, as the client sees it. */
export function peopleFactsOf(decision: Decision, statement: Statement): readonly NewEvent[] {
  if (decision.kind === 'refused') throw refusalError(decision);
  return decision.events.map((event) => peopleFactOf(event, statement));
}

function peopleFactOf({ type, data }: PeopleEvent, statement: Statement): NewEvent {
  const { author, now, eventId = randomUUID(), importId } = statement;
  return envelope(
    { id: eventId, type, data },
    { at: now, app: VERSION, correlationId: author.requestId },
    { ...statedBy(author), ...(importId === undefined ? {} : { import_id: importId }) },
  );
}

function refusalError({ code, pointer, detail }: Refusal): CommslogError {
  switch (code) {
    case 'NO_SUCH_CUSTOMER':
    case 'NO_SUCH_NOTE':
    case 'NO_SUCH_PERSON':
    case 'NO_SUCH_TEAM':
      return new CommslogError('NOT_FOUND', detail);
    case 'ANOTHERS_NOTE':
      return new CommslogError('FORBIDDEN', detail);
    case 'KEY_REUSED':
      return new CommslogError('IDEMPOTENCY_KEY_REUSED', detail);
    case 'CUSTOMER_EXISTS':
    case 'TOO_MANY_NUMBERS':
    case 'TOO_MANY_NOTES':
    case 'NOT_LOGGED_BY_HAND':
    case 'LOGGED_BY_HAND':
    case 'MERGED_ELSEWHERE':
    case 'TEAM_HAS_MEMBERS':
    case 'TOO_MANY':
    case 'TAKEN_BY_ANOTHER':
      return new CommslogError('CONFLICT', detail);
    case 'TAKEN':
    case 'UNKNOWN_TEAM':
    case 'UNKNOWN_CUSTOMER':
    case 'UNKNOWN_MANUAL_CALL':
    case 'NO_NUMBER':
    case 'TIME_OUT_OF_RANGE':
      return new CommslogError('VALIDATION_FAILED', 'The body of the request is not as it must be.', {
        fields: [{ pointer, detail }],
      });
  }
}
