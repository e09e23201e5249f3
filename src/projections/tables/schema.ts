/**
 * The tables (design §8). `ControlTables` live in the schema `commslog`, `VersionTables` in one schema per read-model
 * version (`read_v<n>`); use `db.withSchema(...)`. bigint columns are bigint (the pool parses int8), timestamptz columns
 * are RFC 3339 strings with microseconds (the pool's parser), json columns are parsed.
 */
import type { ColumnType, Generated } from 'kysely';
import type { Annotation } from '../../domain/acts/annotation.ts';
import type { CallBackSaid } from '../../domain/acts/callBack.ts';
import type { OutsideNumber } from '../../domain/call/heardCall.ts';
import type {
  CurrentCall,
  Direction,
  Leg,
  Match,
  Note,
  Outcome,
  Reason,
  Segment,
  Stretch,
  Why,
} from '../../domain/entry.ts';
import type { JsonObject } from '../../domain/events.ts';
import type { BuildPhase, RebuildState } from '../../ports/rebuilds.ts';

/** PostgreSQL's notification channel: the projector notifies it in the transaction that changes rows, readers listen. */
export const CHANGES_CHANNEL = 'commslog_changes';

/** json column: written as text, read parsed. */
type JsonColumn<T> = ColumnType<T, string, string>;

/** Revisions as digits, both inclusive. */
export type StreamRange = { readonly stream: string; readonly first: string; readonly last: string };

/** What a comparison of the clocks showed. */
export type StoredReading = { readonly at: string; readonly offset_ms: number };

/** Facts that the log has not, `to` exclusive; `since`: when a later one was received. */
export type StoredMissing = { readonly from: number; readonly to: number; readonly since: string | null };

/** Positions as digits. */
export type StoredProgress = {
  readonly position: string;
  readonly head: string;
  readonly events_per_second: number;
  readonly seconds_left: number | null;
  /** an older program does not say it: it reads the log */
  readonly phase?: BuildPhase;
};

export type ControlTables = {
  /**
   * every generation; `state` building → ready → active → previous → dropped, or failed; `error` says why it did, of a
   * living one what keeps it from going on before a person acts
   */
  read_model_version: {
    version: number;
    schema_name: string;
    derivation: string;
    rules: JsonColumn<JsonObject>;
    state: RebuildState;
    created_at: Generated<string>;
    activated_at: string | null;
    /** when another was activated in its place; null: that has not happened since it was activated last */
    replaced_at: string | null;
    /** rows are touched by other code than that of the derivation */
    mixed: Generated<boolean>;
    /** it was begun to switch to it: the log may have been told, the pointer was not moved yet */
    switching: Generated<boolean>;
    /** until then whoever has begun it may be at it; null, or over: it has broken off */
    switching_until: string | null;
    /** of the build that runs */
    progress: JsonColumn<StoredProgress> | null;
    error: string | null;
  };
  /** the one pointer row; the rules file as it was seen last, and as it waits for a rebuild */
  read_model: {
    singleton: boolean;
    active_version: number | null;
    seen_rules: JsonColumn<JsonObject> | null;
    waiting_rules: JsonColumn<JsonObject> | null;
  };
  web_session: {
    /** SHA-256 of the cookie's value */
    token_hash: string;
    sub: string;
    role: 'agent' | 'auditor' | 'admin';
    created_at: Generated<string>;
    expires_at: string;
  };
  /** one-time links: unused until `used_at` */
  sign_in_link: {
    token_hash: string;
    sub: string;
    role: 'agent' | 'auditor' | 'admin';
    expires_at: string;
    used_at: string | null;
  };
};

export type VersionTables = {
  /** one row; moved by compare-and-set in the transaction that writes the rows */
  checkpoint: {
    singleton: boolean;
    position: bigint;
    log_id: string;
    /** of the last change, 0 before the first: where the feed stands */
    seq: bigint;
    /** how often something was changed that had been projected */
    retries: Generated<bigint>;
    /** calls were matched again of which readers were not told yet */
    untold: boolean | null;
    /** up to where what is said of the directory was taken in; null: a program has made the version that knows none */
    directory_at: bigint | null;
  };
  crm_comms_log: {
    id: string;
    pbx: string;
    ext_message_id: string;
    type: 'call';
    source: 'pbx' | 'manual' | 'cdr';
    direction: Direction;
    outcome: Outcome;
    /** null: nothing tells, or written by a program that did not note it */
    handled_by_machine: boolean | null;
    customer_id: string | null;
    match: JsonColumn<Match>;
    external_number: string | null;
    external_number_raw: string | null;
    external_name: string | null;
    did: string | null;
    dialled: string | null;
    trunk: string | null;
    extensions: string[];
    rang: string[];
    /** null: written by a program that did not note it */
    queues: string[] | null;
    occurred_at: string;
    answered_at: string | null;
    ended_at: string | null;
    ring_seconds: number | null;
    duration_seconds: number | null;
    body: string;
    notes: JsonColumn<Note[]>;
    segments: JsonColumn<Segment[]>;
    legs: JsonColumn<Leg[]>;
    /** null: as of `queues` */
    course: ColumnType<Stretch[] | null, string | null | undefined, string | null>;
    incomplete: string[];
    why: JsonColumn<Why>;
    done_at: string | null;
    derivation: string;
    position: bigint;
    /** the group (call_group.id) that the row was folded from; null for manual entries */
    group_id: bigint | null;
    /** revision of the entry's stream of people's facts, -1 when there is none */
    annotation_revision: bigint;
    /** by this the numbers of calls and of customers find each other (`lookupKey`) */
    number_key: string | null;
    /** of what the number was read; null: nobody outside, or written by a program that did not note it */
    outside: JsonColumn<OutsideNumber> | null;
    /** why the number is what it is; null: it is in `why` */
    external_number_why: JsonColumn<Reason> | null;
    /** `sub` of who logged it by hand; null: a PBX told it, or written by a program that did not note it */
    logged_by: string | null;
  };
  /** who spoke or rang in which entry; PostgreSQL keeps it, nobody writes it (`keptBeside.ts`) */
  entry_extension: { extension: string; occurred_at: string; id: string };
  /** who waited in which queue; kept likewise */
  entry_queue: { queue: string; occurred_at: string; id: string };
  /** how many entries of a kind began in a quarter of an hour, and in a month; kept likewise */
  entry_count: {
    span: 'quarter' | 'month';
    begins: string;
    direction: Direction;
    outcome: Outcome;
    unassigned: boolean;
    to_call_back: boolean;
    handled_by_machine: boolean;
    n: bigint;
  };
  /** how many answered calls of a day rang so long, and were talks so long; kept likewise */
  entry_seconds: { day: string; direction: Direction; what: 'ring' | 'talk'; seconds: number; n: bigint };
  /** how many calls with others began in a quarter of an hour of the week (UTC, 0 on Monday), month by month; kept likewise */
  week_count: { month: string; quarter: number; outcome: Outcome; n: bigint };
  /** how many calls from outside that nobody answered rang at a phone; kept likewise */
  missed_count: { span: 'day' | 'month'; begins: string; extension: string; n: bigint };
  /** what searches compare an entry and a customer with (`searchedTexts.ts`); kept likewise */
  entry_text: { occurred_at: string; id: string; customer_id: string | null; plain: string; letters: string };
  customer_text: { id: string; by_name: string; is_removed: boolean; plain: string; letters: string };
  number_count: { is_understood: boolean; n: bigint };
  /** which key (uniqueid, linkedid, bridge) belongs to which group; also for calls without a row */
  call_member: { pbx: string; key: string; group_id: bigint };
  call_group: {
    id: bigint;
    pbx: string;
    keys: string[];
    /** where its facts stand: parts of streams, since a session's stream holds facts of many calls */
    streams: JsonColumn<StreamRange[]>;
    /** has a channel that was not heard to hang up: connection facts touch it */
    open: boolean;
    /** of its last fact */
    position: bigint;
    /** when the last of its facts was read; of call records when the last began */
    heard_until: string | null;
    /** when its first fact was read; null: written by a program that did not note it */
    heard_from: string | null;
  };
  /** groups of which more is known than their rows tell: they are to be folded anew, and since when they wait */
  fold_waiting: { group_id: bigint; since: Generated<string> };
  /** what people said about an entry, by the id they saw: the fold of one stream of theirs */
  annotation: { id: string; revision: bigint; position: bigint; said: JsonColumn<Annotation> };
  /** which call logged by hand (entry's id, uuid of its stream) an annotation says to be the same as its entry */
  manual_merge: { annotation_id: string; manual_id: string; manual: string; merged_at: string; position: bigint };
  /** ids that lead to an entry: those that it had before, and those of the calls logged by hand that went into it */
  call_alias: { id: string; current_id: string };
  current_call: {
    id: string;
    group_id: bigint;
    pbx: string;
    occurred_at: string | null;
    call: JsonColumn<CurrentCall>;
    number_key: string | null;
    /** as in `crm_comms_log` */
    outside: JsonColumn<OutsideNumber> | null;
  };
  /** numbered inside the projector's transaction; a number that is missing says that more has changed than is told */
  changes: { seq: bigint; id: string; kind: 'upsert' | 'removed' | 'merged'; current_id: string | null };
  customer: { id: string; name: string; revision: bigint; removed_at: string | null; registered_at: string };
  customer_number: {
    customer_id: string;
    /** order in the customer's list */
    ordinal: number;
    number: string;
    e164: string | null;
    label: string | null;
    /** as the CRM gave them */
    valid_from: string | null;
    valid_to: string | null;
    /** when the number was first told, in the unbroken time that it is in the list */
    recorded_at: string;
    /** when this holder got and lost the number: valid_from or when it was recorded; valid_to, or when it was taken away */
    holds_from: string;
    holds_to: string | null;
    /** still in the customer's list */
    listed: boolean;
    number_key: string | null;
    /** the import that told it first; null: none, or written by a program that did not note it */
    import_id: string | null;
  };
  /** who calls back whoever called in vain, by the id of a missed entry: the fold of one stream */
  call_back_said: {
    id: string;
    revision: bigint;
    position: bigint;
    taken_by: string | null;
    said: JsonColumn<CallBackSaid>;
  };
  /**
   * where each caller stands who has called in vain (`callBack.ts`): with `tries`, since when they wait to be called back; else
   * when that was over; kept beside the rows
   */
  call_back: {
    caller: string;
    tries: number;
    first_id: string | null;
    first_at: string | null;
    last_at: string | null;
    missed_id: string;
    missed_at: string;
    contact_id: string | null;
    contact_at: string | null;
    closed_at: string | null;
  };
  /** the last event of each stream of people, teams, names of places, and of the settings */
  directory: { stream: string; revision: bigint; position: bigint; type: string; data: JsonColumn<JsonObject> };
  /** numbers of which others are the holders now, and whose calls behind the id `after` are still to be matched again */
  number_rematch: { number_key: string; after: string };
  /** connection facts, one row a session */
  pbx_session: {
    pbx: string;
    session: number;
    connected_at: string;
    disconnected_at: string | null;
    last_heard_at: string | null;
    reason: string | null;
    pbx_went_down: boolean;
    /** when the list of all open channels was complete */
    listed_at: string | null;
    /** the PBX was started anew before it, and not later than this */
    restarted_by: string | null;
    /** the PBX's clock minus ours, from when on; null as none: nobody compared */
    clock: ColumnType<StoredReading[] | null, string | null | undefined, string | null>;
    /** when the last stored fact of the session was received */
    last_fact_at: string | null;
    /** a session that began later and was written first */
    heard_before: number | null;
  };
  /** what became of the gap that ended with a session, as it was told last (`revision`) */
  gap_filling: {
    pbx: string;
    session: number;
    revision: bigint;
    asked_at: string;
    outcome: 'filled' | 'not_filled';
    records: number;
    calls: number;
    reason: string | null;
    final: boolean;
  };
  /** what a journal held of the gap that ended with a session: `heard_session` heard it, as it was told last */
  gap_heard: {
    pbx: string;
    session: number;
    heard_session: number;
    revision: bigint;
    until: string;
    facts: number;
    set_aside: number;
  };
  /** which facts of a session the log has */
  fact_count: {
    pbx: string;
    session: number;
    /** behind the last one */
    seq_end: number;
    last_at: string | null;
    missing: StoredMissing[];
  };
  parked: {
    position: bigint;
    stream: string;
    revision: bigint;
    event_id: string;
    type: string;
    error: string;
    parked_at: string;
  };
  /** ids of calls that were erased */
  erased_key: {
    pbx: string;
    key: string;
    /** facts that came with it later and make no row */
    dropped: Generated<bigint>;
  };
};
