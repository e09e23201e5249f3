import type { PbxState } from './pbxSource.ts';
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

/** A connection and what becomes of what it says: `detail` tells of both. */
export type PbxHealth = PbxState & { readonly level: Level };

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
  pbxs(): readonly PbxHealth[];
  figures(): readonly Figure[];
}
