import type { PbxAccount, PbxState } from './pbxSource.ts';
import type { Waiting } from './rebuilds.ts';

export const levels = ['pass', 'warn', 'fail'] as const;

/** `warn`: somebody should look, readers are served all the same; `fail`: it cannot do its work. */
export type Level = (typeof levels)[number];

/** How a part is, in words; no address, no secret. */
export type Check = { readonly status: Level; readonly detail: string };

/** What is checked (`log`, `database`, `projection`, `pbx <id>` …) and how it is. */
export type Checks = Readonly<Record<string, Check>>;

/** How all parts are, and what waits; null: the database does not say. */
export type HealthReport = { readonly checks: Checks; readonly waiting: Waiting | null };

/** A connection and what becomes of what it says, as it can be sent: `detail` and `level` tell of both, times are RFC 3339. */
export type PbxHealth = Omit<PbxState, 'since' | 'lastHeardAt' | 'account' | 'lastError'> & {
  readonly level: Level;
  /** null: nobody listens to it, or it is not known who */
  readonly since: string | null;
  readonly lastHeardAt: string | null;
  readonly account: (Omit<PbxAccount, 'problem'> & { readonly problem: string | null }) | null;
  readonly lastError: string | null;
};

/** Which server tells it, and how long ago it did; null: it has not yet. */
export type Teller = { readonly name: string; readonly isThisOne: boolean; readonly secondsAgo: number | null };

/** A connection as its listener tells of it; null: nobody listens, or it is not known who. */
export type PbxShown = PbxHealth & { readonly listener: Teller | null };

/** A server and what it does; versions and PBXs of which it has the lease, and those for which it stands by. */
export type ServerShown = {
  readonly name: string;
  readonly isThisOne: boolean;
  readonly program: string;
  readonly startedAt: string;
  /** since it was heard of last */
  readonly silentSeconds: number;
  /** that is not too long ago */
  readonly isLiving: boolean;
  readonly listensTo: readonly string[];
  readonly standsByFor: readonly string[];
  readonly projects: readonly number[];
  readonly standsByToProject: boolean;
};

/** One number for whoever watches; `name` without the program's. */
export type Figure = {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** How the program is, as it was last measured: nothing is asked of anybody for it. */
export interface Health {
  report(): HealthReport;
  pbxs(): readonly PbxShown[];
  /** this one first, then the others by name */
  servers(): readonly ServerShown[];
  figures(): readonly Figure[];
}
