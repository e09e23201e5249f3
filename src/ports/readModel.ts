import type { Directory } from '../domain/directory/directory.ts';
import type { View } from '../domain/directory/view.ts';
import type { CommsEntry, CurrentCall, Direction, Note, Outcome } from '../domain/entry.ts';
import type { CallBack, CallBackCounts, CallBackFilter, CallBackKey, CallBackScope } from './callBacks.ts';
import type { CoveragePeriod, GapFigures, PbxCoverage } from './coverage.ts';
import type { ReportName, ReportPeriod, ReportRows } from './reports.ts';

/** Filters of the comms list; every field narrows, absent ones do not. Times are RFC 3339; `from` inclusive, `to` exclusive. */
export type CommsFilter = {
  readonly type?: 'call';
  readonly directions?: readonly Direction[];
  readonly outcomes?: readonly Outcome[];
  readonly customerId?: string;
  /** spoke or rang */
  readonly extension?: string;
  /** waited in it */
  readonly queue?: string;
  readonly did?: string;
  readonly trunk?: string;
  /** of the talk, whole seconds, both inclusive */
  readonly durationFrom?: number;
  readonly durationTo?: number;
  /**
   * words in any order, each part of a number, a name (external or customer's) or a note; at least 2 characters, which then
   * begin a word
   */
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  /** only entries of an outside party that has shown a number and of whom nobody knows or has said whose it is */
  readonly unassigned?: boolean;
  /** only entries of which is known that a machine spoke with the outside party and no person did, or only the others */
  readonly handledByMachine?: boolean;
  readonly done?: boolean;
  /** only entries in which somebody took part, or which they logged */
  readonly of?: View;
  /** only entries that somebody may see; absent: all */
  readonly seenBy?: View;
};

/** Where a page goes on: newest first by (occurred_at, id). */
export type CommsKey = { readonly occurredAt: string; readonly id: string };

/** Where a list goes on, and in which read-model version it was begun: another one may be active by now. */
export type InVersion<K> = { readonly version: number; readonly key: K };

export type Page<T, K> = { readonly items: readonly T[]; readonly next: K | null };

export type CommsCounts = {
  readonly total: number;
  /** there are more than were counted, so each figure may be larger */
  readonly at_least: boolean;
  readonly by_outcome: Readonly<Record<Outcome, number>>;
  readonly by_direction: Readonly<Record<Direction, number>>;
  readonly unassigned: number;
  /** inbound, not answered, not marked done: who waits to be called back */
  readonly missed_open: number;
};

/** What a list shows of a customer beside the entry. */
export type CustomerName = { readonly id: string; readonly name: string };

/** An entry with its customer's name. */
export type WholeComms = CommsEntry & {
  readonly customer: CustomerName | null;
  /** `sub` of who logged it by hand; null: a PBX told it, or it is not known */
  readonly logged_by: string | null;
};

/** What one call can have any number of. */
export const manyOfACall = ['extensions', 'rang', 'queues', 'candidates'] as const;

/** Of what lists and the live feed show only the first: the entry itself has more of it. */
export type Cut = {
  readonly cut: readonly (typeof manyOfACall)[number][];
  /** all extensions that spoke or rang: who may see the entry is not told by the first of them */
  readonly phones: readonly string[];
};

/** An entry as lists and the live feed show it: what it shows has a bound, whatever a PBX or people said of the call. */
export type ListedComms = Omit<WholeComms, 'segments' | 'legs' | 'course' | 'why' | 'notes'> &
  Cut & {
    readonly notes_count: number;
    /** the latest one; of its text the beginning */
    readonly last_note: Note | null;
  };

/** A call in progress with its customer's name. */
export type ListedCurrentCall = CurrentCall & Cut & { readonly customer: CustomerName | null };

/** Of each call in progress something that is another text after every change of what is shown of it. */
export type CurrentMarks = ReadonlyMap<string, string>;

export type CurrentSince = {
  /** of all that there are */
  readonly marks: CurrentMarks;
  readonly changed: readonly ListedCurrentCall[];
};

/** Filters of the customers' list. */
export type CustomersFilter = {
  /** words in any order, each part of the name or of a number */
  readonly q?: string | undefined;
  /** only those with a number that is not understood */
  readonly notUnderstood?: boolean | undefined;
  /** only those with whom somebody has had an entry that they see; absent: all */
  readonly seenBy?: View;
};

/** Of the numbers of all customers; those that are not understood match no call. */
export type NumberCounts = { readonly total: number; readonly notUnderstood: number };

export type Customer = {
  readonly id: string;
  readonly name: string;
  readonly numbers: readonly {
    readonly number: string;
    readonly e164: string | null;
    readonly label: string | null;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  /** revision of `customer-<id>`, for ETag and If-Match */
  readonly revision: bigint;
  readonly removedAt: string | null;
};

export type Change = {
  readonly seq: bigint;
  readonly id: string;
  readonly kind: 'upsert' | 'removed' | 'merged';
  /** the entry as it is now; null when it is gone by now, or the change is no `upsert` */
  readonly entry: ListedComms | null;
  /** the id it went into (`merged`) */
  readonly currentId: string | null;
};

/** An event that could not be projected. */
export type ParkedEvent = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly eventId: string;
  readonly type: string;
  /** names no content */
  readonly error: string;
  readonly parkedAt: string;
};

export type FoundComms =
  | {
      readonly kind: 'found';
      readonly entry: WholeComms;
      readonly annotationRevision: bigint;
      /** ids that lead to it: those that it had before, and those of calls logged by hand that were merged with it */
      readonly aliases: readonly string[];
    }
  /** the id was merged into another */
  | { readonly kind: 'moved'; readonly currentId: string };

/**
 * The active read-model version, for readers. Every call resolves the active version once; a page goes on in the version
 * in which its list was begun. What PostgreSQL is asked for ends when `gone` aborts. Errors: `VERSION_GONE` once that one is
 * dropped, `DATABASE_UNAVAILABLE`, also while there is no active version yet, `BUSY` while too many ask for what takes long.
 */
export interface ReadModel {
  list(
    filter: CommsFilter,
    after: InVersion<CommsKey> | null,
    limit: number,
    gone?: AbortSignal,
  ): Promise<Page<ListedComms, InVersion<CommsKey>>>;
  /** The same list with whole entries; a page also ends where they become too large to be held at once. */
  entries(
    filter: CommsFilter,
    after: InVersion<CommsKey> | null,
    limit: number,
    gone?: AbortSignal,
  ): Promise<Page<WholeComms, InVersion<CommsKey>>>;
  /** The same pages; each entry as the text of its JSON. */
  written(
    filter: CommsFilter,
    after: InVersion<CommsKey> | null,
    limit: number,
    gone?: AbortSignal,
  ): Promise<Page<string, InVersion<CommsKey>>>;
  counts(filter: CommsFilter, gone?: AbortSignal): Promise<CommsCounts>;
  get(id: string): Promise<FoundComms | null>;
  current(): Promise<readonly ListedCurrentCall[]>;
  /** The same for who asks again and again: those that are new or other since they had the marks of `known` (by id). */
  currentSince(known: CurrentMarks): Promise<CurrentSince>;
  /** Those that are not removed, by name; a page goes on after the id that the last one ended with. */
  customers(
    filter: CustomersFilter,
    after: InVersion<string> | null,
    limit: number,
    gone?: AbortSignal,
  ): Promise<Page<Customer, InVersion<string>>>;
  customerNumbers(): Promise<NumberCounts>;
  /** Who waits to be called back, a line a caller. */
  callBacks(
    filter: CallBackFilter,
    after: InVersion<CallBackKey> | null,
    limit: number,
    gone?: AbortSignal,
  ): Promise<Page<CallBack, InVersion<CallBackKey>>>;
  /** The line of whose missed entry it is; null: there is none. */
  callBack(id: string, scope: CallBackScope): Promise<CallBack | null>;
  /** The ids of their missed entries that wait, a thousand at most. */
  openMisses(id: string, scope: CallBackScope): Promise<readonly string[]>;
  /** `sub`: who asks. */
  callBackCounts(scope: CallBackScope, sub: string, gone?: AbortSignal): Promise<CallBackCounts>;
  /** Who is who now. */
  directory(): Promise<Directory>;
  /** A removed one too: it says when it was removed. */
  customer(id: string, seenBy?: View): Promise<Customer | null>;
  /** Changes after `seq` of version `version`; null: that version is not served or the changes are no longer kept (→ reset). */
  changes(version: number, after: bigint, limit: number): Promise<readonly Change[] | null>;
  /** Where the feed stands now. */
  feedHead(): Promise<{ readonly version: number; readonly seq: bigint }>;
  /** Calls back whenever rows, current calls or the active version may have changed. Returns how to stop. */
  onChange(listener: () => void): () => void;
  /** Resolves true as soon as the active version has projected `position`, false when `signal` aborts first. */
  caughtUp(position: bigint, signal: AbortSignal): Promise<boolean>;
  status(): Promise<ReadModelStatus>;
  callPlaces(gone?: AbortSignal): Promise<CallPlaces>;
  /** Every PBX that was ever listened to. */
  pbxs(): Promise<readonly string[]>;
  /** How each PBX was heard in a period, and what was not. */
  coverage(period: CoveragePeriod, gone?: AbortSignal): Promise<readonly PbxCoverage[]>;
  /** The gaps since a time (RFC 3339), of each PBX that has some; what is not over lasts until `now`. */
  gapFigures(since: string, now: string): Promise<readonly GapFigures[]>;
  /** In the order of the log; a page goes on after the position that the last one ended with. */
  parked(after: InVersion<bigint> | null, limit: number): Promise<Page<ParkedEvent, InVersion<bigint>>>;
  report<N extends ReportName>(name: N, period: ReportPeriod, gone?: AbortSignal): Promise<readonly ReportRows[N][]>;
}

/** What entries name, in their order as texts: of each kind the first. */
export type CallPlaces = Readonly<Record<CallPlace, readonly string[]>> & {
  /** kinds of which there are more */
  readonly cut: readonly CallPlace[];
};
export const callPlaces = ['dids', 'queues', 'trunks', 'extensions'] as const;
export type CallPlace = (typeof callPlaces)[number];

export type ReadModelStatus = {
  readonly version: number;
  readonly derivation: string;
  readonly position: bigint;
  readonly parked: number;
  /** entries, by PostgreSQL's statistics: counting a million of them takes part of a second each time somebody watches */
  readonly estimatedRows: number;
};
