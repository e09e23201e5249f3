import type { Direction, Outcome } from '../domain/entry.ts';
import type { Author, Json } from '../domain/events.ts';
import type { Rules } from '../domain/rules.ts';
import type { UnknownPlace } from '../domain/unknownPlaces.ts';
import type { CustomerName, InVersion, Page, ParkedEvent } from './readModel.ts';

export type RebuildState = 'building' | 'ready' | 'active' | 'previous' | 'failed' | 'dropped';

/** What a build does: it copies calls that another version has, reads the log, makes what readers need. */
export const buildPhases = ['copying', 'reading', 'indexing'] as const;
export type BuildPhase = (typeof buildPhases)[number];

/** How far a build has come. Positions are those of the log; both figures of speed are of the time since it was (re)begun. */
export type BuildProgress = {
  readonly position: bigint;
  readonly head: bigint;
  readonly eventsPerSecond: number;
  /** null: it is not known */
  readonly secondsLeft: number | null;
  readonly phase: BuildPhase;
};

/** A read-model version: being built, served, kept for a roll-back, or gone. */
export type Rebuild = {
  readonly version: number;
  readonly state: RebuildState;
  readonly derivation: string;
  /** some of its rows were computed by other code than its derivation says */
  readonly mixed: boolean;
  readonly rules: Rules;
  /** RFC 3339 */
  readonly createdAt: string;
  readonly activatedAt: string | null;
  /** of a previous version: until when it is kept to go back to; null: until it is dropped, and of all others */
  readonly rollbackUntil: string | null;
  /** only while it is building, and once somebody builds it */
  readonly progress: BuildProgress | null;
  /** of one that is being built: an estimate */
  readonly rows: number;
  readonly parked: number;
  /** why it failed; of a living one what keeps it from going on before a person acts */
  readonly error: string | null;
};

export type DiffKind = 'added' | 'removed' | 'changed';

/** What readers see of an entry and a rule or the code decides, in the order of the table. How it was derived is no change. */
export const diffColumns = [
  'direction',
  'outcome',
  'handled_by_machine',
  'customer_id',
  'match',
  'external_number',
  'external_number_raw',
  'external_name',
  'did',
  'dialled',
  'trunk',
  'extensions',
  'rang',
  'queues',
  'occurred_at',
  'answered_at',
  'ended_at',
  'ring_seconds',
  'duration_seconds',
  'body',
  'notes',
  'segments',
  'legs',
  'course',
  'incomplete',
  'done_at',
] as const;
export type DiffColumn = (typeof diffColumns)[number];

export type DiffFilter = { readonly kind?: DiffKind; readonly field?: DiffColumn };

export type DiffSummary = {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** rows that change in it, by column; those that change in none are left out */
  readonly byField: Readonly<Record<string, number>>;
};

export type DiffField = {
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  /** what the new version says of the column: rule and inputs; null where it says nothing */
  readonly why: Json;
};

/** One row that differs. `entry` is how it is in the new version; of a removed one how it was. */
export type DiffItem = {
  readonly id: string;
  readonly kind: DiffKind;
  readonly entry: {
    readonly direction: Direction;
    readonly outcome: Outcome;
    readonly externalNumber: string | null;
    readonly occurredAt: string;
    readonly customer: CustomerName | null;
  };
  readonly fields: readonly DiffField[];
};

/** How far what differs is counted; of each row it is counted how it was at some moment between the two times. */
export type Counted = {
  /** false: the counts are of a part of the rows */
  readonly isWhole: boolean;
  /** of the rows of both versions, from 0 to 1; an estimate */
  readonly share: number;
  /** RFC 3339: when it was begun, and when it was gone on with last */
  readonly from: string;
  readonly to: string;
};

/** What would change for readers. Rows with facts that one of the two has not projected yet are not compared. */
export type Diff = DiffSummary & {
  readonly against: number;
  /** the version is built, has come as far as the active one, and all is counted */
  readonly complete: boolean;
  /** null: nothing is counted, as while the version is built */
  readonly counted: Counted | null;
};

/** What a rebuild would be for: the rules file was changed, the program derives otherwise, or both. */
export const waitingReasons = ['rules', 'code', 'rules and code'] as const;

export type WaitingReason = (typeof waitingReasons)[number];

export type RulesInForce = {
  readonly active: Pick<Rebuild, 'version' | 'derivation' | 'rules' | 'mixed'>;
  /** what a rebuild would build */
  readonly waiting: { readonly rules: Rules; readonly derivation: string; readonly reason: WaitingReason } | null;
};

/** What waits for somebody to decide it, and what is being built. Readers are served all the same. */
export type Waiting = {
  /** why a rebuild would give other rows, and what it would be derived with; null: it would not */
  readonly rebuild: { readonly reason: WaitingReason; readonly derivation: string } | null;
  /** rows of the active version were computed by different programs */
  readonly mixed: boolean;
  readonly building: readonly Pick<Rebuild, 'version' | 'derivation' | 'progress'>[];
  /** built, neither activated nor dropped yet */
  readonly ready: readonly Pick<Rebuild, 'version' | 'derivation'>[];
  /** events of the active version that could not be projected */
  readonly parked: number;
  /** numbers that are another customer's now and whose calls in the active version are still to be matched again, up to 1,000 */
  readonly rematching: number;
  /** calls of the active version of which more is known than their rows tell, up to 1,000: they are to be folded anew */
  readonly folding: number;
  /** how long one of them has waited for it; 0: none does */
  readonly foldingSeconds: number;
  /** versions that do not go on before a person acts, and why */
  readonly stuck: readonly { readonly version: number; readonly error: string }[];
};

/** Which parked events are tried again. */
export type RetryParked = {
  /** null: the active one */
  readonly version: number | null;
  /** null: all */
  readonly positions: readonly bigint[] | null;
  /** only those after this position */
  readonly after: bigint | null;
};

export type ParkedRetry = {
  readonly version: number;
  readonly folded: number;
  /** those that were tried and are still parked, each with the reason of now */
  readonly failed: readonly ParkedEvent[];
  /** how many are parked now, tried or not */
  readonly remaining: number;
  /** not all could be tried at once: go on after this position */
  readonly next: bigint | null;
};

/**
 * Read-model versions, for those who rebuild. Errors: `NOT_FOUND` for a version that there is not, `CONFLICT` when its
 * state does not allow it, those of the log, `DATABASE_UNAVAILABLE`.
 */
export interface Rebuilds {
  /** The newest first. */
  list(): Promise<readonly Rebuild[]>;
  get(version: number): Promise<Rebuild>;
  /**
   * Tells the log that these rules are accepted (null: those in force) and asks whoever runs the versions to build one with
   * them. The same derivation that is being built already is gone on with.
   */
  request(rules: Rules | null, source: 'file' | 'api', by: Author): Promise<Rebuild>;
  /** Compares with the active version: counts on for a moment, and tells what is counted. Whoever asks again has more. */
  diff(version: number): Promise<Diff>;
  /** What is counted already, compared with that version. Errors: `VERSION_GONE` once that one is dropped. */
  countedDiff(version: number, against: number): Promise<Diff>;
  /**
   * The rows that differ from the active version, by id; a page goes on after the id that the last one ended with, compared
   * with the version that was active when it was begun. It has fewer rows than `limit`, or none, where few differ: only
   * `next` tells whether it is the last. Errors: `VERSION_GONE` once the version compared with is dropped.
   */
  diffItems(
    version: number,
    filter: DiffFilter,
    after: InVersion<string> | null,
    limit: number,
  ): Promise<Page<DiffItem, InVersion<string>>>;
  /** Lets readers see this version from now on. Errors: `REBUILD_HAS_PARKED` unless forced, `REBUILD_BEHIND`. */
  activate(version: number, options: { readonly force: boolean }, by: Author): Promise<Rebuild>;
  /** Goes back from this version, which must be the active one, to the one that was active before, if it is still kept. */
  rollback(version: number, by: Author): Promise<Rebuild>;
  /** Removes its tables for good, also while it is being built. */
  drop(version: number): Promise<void>;
  /**
   * Projects parked events again with the code of now, the oldest first, a bounded number at once. One that can be projected
   * is parked no more, and the rows are as if it had never been.
   */
  retryParked(asked: RetryParked): Promise<ParkedRetry>;
  rulesInForce(): Promise<RulesInForce>;
  /** The contexts and endpoints of the latest calls that the rules in force do not know. */
  placesToKnow(): Promise<readonly UnknownPlace[]>;
  /** Also while there is no active version yet. */
  waiting(): Promise<Waiting>;
}
