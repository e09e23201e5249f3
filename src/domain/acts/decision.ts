/** What comes of a command: an event, or a refusal that says why (design §10). */
import type { JsonObject } from '../events.ts';
import { fromRfc3339, type Micros } from '../time.ts';

export type PeopleEvent = {
  readonly type:
    | 'CallLogged'
    | 'CallCorrected'
    | 'CallVoided'
    | 'CallAssigned'
    | 'CallUnassigned'
    | 'NoteAdded'
    | 'NoteRemoved'
    | 'CallMarkedDone'
    | 'CallMarkedOpen'
    | 'ManualCallMerged'
    | 'ManualCallSplit'
    | 'CustomerRegistered'
    | 'CustomerChanged'
    | 'CustomerRemoved'
    | 'PersonRegistered'
    | 'PersonChanged'
    | 'PersonRemoved'
    | 'TeamRegistered'
    | 'TeamChanged'
    | 'TeamRemoved'
    | 'PlacesNamed'
    | 'CallBackTaken'
    | 'CallBackReleased'
    | 'CallBackPlanned'
    | 'CallBackNoted'
    | 'CallRequested';
  readonly data: JsonObject;
};

export type Refusal = {
  readonly kind: 'refused';
  readonly code:
    | 'UNKNOWN_CUSTOMER'
    | 'NO_SUCH_CUSTOMER'
    | 'CUSTOMER_EXISTS'
    | 'TOO_MANY_NUMBERS'
    | 'NO_NUMBER'
    | 'TIME_OUT_OF_RANGE'
    | 'KEY_REUSED'
    | 'NO_SUCH_NOTE'
    | 'TOO_MANY_NOTES'
    | 'ANOTHERS_NOTE'
    | 'NOT_LOGGED_BY_HAND'
    | 'LOGGED_BY_HAND'
    | 'UNKNOWN_MANUAL_CALL'
    | 'MERGED_ELSEWHERE'
    | 'NO_SUCH_PERSON'
    | 'NO_SUCH_TEAM'
    | 'UNKNOWN_TEAM'
    | 'TEAM_HAS_MEMBERS'
    | 'TAKEN'
    | 'TOO_MANY'
    | 'TAKEN_BY_ANOTHER';
  /** JSON pointer to the field of the command that is in the way */
  readonly pointer: string;
  readonly detail: string;
};

/** One event, or none: what was asked for is so already. */
type Accepted = { readonly kind: 'accepted'; readonly events: readonly [] | readonly [PeopleEvent] };
export type Decision = Accepted | Refusal;

export function accepted(...events: [] | [PeopleEvent]): Decision {
  return { kind: 'accepted', events };
}

export function refused(code: Refusal['code'], pointer: string, detail: string): Refusal {
  return { kind: 'refused', code, pointer, detail };
}

// ── times that people give ───────────────────────────────────────────────────────────────────────────────────────

const MAX_AHEAD_MS = 5 * 60_000;
/** Times of people lie between these two: what is outside is a typing error, and some of it no database can store. */
const EARLIEST = Date.UTC(1970, 0) * 1000;
const LATEST = Date.UTC(2200, 0) * 1000;

/** A time that a person may mean; else null. */
export function instantOf(text: string): Micros | null {
  const instant = fromRfc3339(text);
  return instant === null || instant < EARLIEST || instant >= LATEST ? null : instant;
}

/** When a call was, as a person says; it cannot be yet to come, but clocks differ. */
export function pastInstantOf(text: string, now: Micros): Micros | Refusal {
  const instant = instantOf(text);
  if (instant === null) return refused('TIME_OUT_OF_RANGE', '#/occurred_at', 'a time between 1970 and 2200');
  if (instant > now + MAX_AHEAD_MS * 1000) {
    return refused('TIME_OUT_OF_RANGE', '#/occurred_at', 'at most 5 minutes ahead');
  }
  return instant;
}
