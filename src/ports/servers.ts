import type { PbxHealth } from './health.ts';
import type { Holder } from './lease.ts';

/** What a server does, or would as soon as no other does it, besides answering HTTP. */
export type ServerWork = {
  /** ids of the PBXs that it listens to */
  readonly pbxs: readonly string[];
  /** it keeps the call log up to date */
  readonly projects: boolean;
};

/** A server as it tells of itself. */
export type OwnServer = {
  /** the same after a restart */
  readonly id: string;
  readonly name: string;
  /** version of the program */
  readonly program: string;
  /** RFC 3339 */
  readonly startedAt: string;
  readonly does: ServerWork;
  /** by what was set, a digest that is the same where the setting is: `secret`, `rules`, `pbx <id>` … */
  readonly fingerprints: Readonly<Record<string, string>>;
};

/** How that is which a server does; what it stands by for is left out. */
export type ServerReport = {
  readonly pbxs: readonly PbxHealth[];
  /** versions of the read model whose last try failed, how often in a row, and by what */
  readonly failedTries: readonly { readonly version: number; readonly count: number; readonly lastError: string }[];
};

/** A server as its row tells of it. */
export type ServerSeen = OwnServer & {
  /** its clock minus PostgreSQL's; null: not known yet */
  readonly clockOffsetMs: number | null;
  /** null: none yet, or one of another release that cannot be read */
  readonly report: ServerReport | null;
  /** since it was heard of last, by PostgreSQL's clock */
  readonly silentSeconds: number;
};

/** `pbx:<id>`, `version:<n>` …, and who has it; null: nobody any more. */
export type LeaseSeen = { readonly name: string; readonly holder: Holder | null };

/** All servers that were heard of in the last day, this one too, and who has which lease. */
export type ServersSeen = {
  readonly servers: readonly ServerSeen[];
  readonly leases: readonly LeaseSeen[];
  /** a `serve` of a release that knows no leases is at work */
  readonly olderServes: boolean;
};
