import type { Micros } from '../domain/time.ts';
import type { ListenerState } from '../listening/index.ts';
import type { GapFigures } from '../ports/coverage.ts';
import type { LeaseState } from '../ports/lease.ts';
import type { ReadModelStatus } from '../ports/readModel.ts';
import type { Waiting } from '../ports/rebuilds.ts';
import type { RefusedState } from '../ports/refusedFacts.ts';
import type { OwnServer, ServersSeen } from '../ports/servers.ts';
import type { Answer, Asked } from './asked.ts';
import type { LagState } from './lag.ts';

/** What the process knows of itself at any time, without asking anybody. */
export type Known = {
  /** null: the database is another's */
  readonly embedded: {
    /** in words; null: it runs */
    readonly trouble: string | null;
    /** starts after the first */
    readonly restarts: number;
  } | null;
  readonly self: OwnServer;
  /** those that this process wants */
  readonly leases: ReadonlyMap<string, LeaseState>;
  /** how far the machine's clock has been set forward since the program began */
  readonly clockSetSeconds: number;
  /** of those that this process listens to or stands by for */
  readonly pbxs: readonly ListenerState[];
  /** of the versions of the read model those whose projecting fails: how often in a row, and by what */
  readonly failedTries: ReadonlyMap<number, { readonly count: number; readonly lastError: string }>;
  /** how often in a row old events of the log could not be packed, and by what; null: the last try did not fail */
  readonly packingTries: { readonly count: number; readonly lastError: string } | null;
};

type Asks = {
  readonly database: unknown;
  /** where the log ends */
  readonly head: bigint;
  readonly readModel: ReadModelStatus;
  readonly waiting: Waiting;
  readonly refused: RefusedState;
  /** all servers, after this one was told of */
  readonly servers: ServersSeen;
  /** of the last day, of each PBX that has some */
  readonly gaps: readonly GapFigures[];
  /** of the disk of DATA_DIR, in bytes */
  readonly free: number;
};

/** What is asked on a cadence, and by whom. */
export type Questions = { readonly [K in keyof Asks]: () => Promise<Asks[K]> };

export type Asking = { readonly [K in keyof Asks]: Asked<Asks[K]> };

export type Answers = { readonly [K in keyof Asks]: Answer<Asks[K]> };

/** Everything that is measured, as of `at`. */
export type Measures = Known &
  Answers & {
    readonly at: Micros;
    /** of the active version; null: it is not known */
    readonly lag: LagState | null;
  };
