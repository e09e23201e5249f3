import type { EventStore } from '../../ports/eventStore.ts';
import type { Sql } from '../tables/transaction.ts';
import type { ReadModelVersion } from '../tables/versions.ts';

/** One transaction that sees the source as it is at one moment; names without a schema are those of the new version. */
export type Within = {
  readonly version: ReadModelVersion;
  readonly source: ReadModelVersion;
  readonly log: EventStore;
  readonly signal: AbortSignal;
  readonly sql: Sql;
};
