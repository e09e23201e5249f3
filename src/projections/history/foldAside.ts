import { Kysely, PostgresDialect } from 'kysely';
import type { Logger } from 'pino';
import type { RecordedEvent } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createPool } from '../../postgres.ts';
import { createTemporaryTables } from '../createVersion.ts';
import { projectEvents } from '../projectEvents.ts';
import { Projection } from '../projection.ts';
import type { VersionTables } from '../schema.ts';

const TEMPORARY = 'pg_temp';

export type AsideOptions = {
  readonly url: string;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Projects some events as any read-model version does, into tables that nobody else sees and that are gone afterwards, and
 * reads from these.
 */
export async function foldAside<T>(
  { url, log, clock, logger }: AsideOptions,
  { events, rules, version }: { events: readonly RecordedEvent[]; rules: Rules; version: number },
  read: (tables: Kysely<VersionTables>) => Promise<T>,
): Promise<T> {
  // temporary tables are those of one connection
  const pool = createPool(url, { max: 1 });
  try {
    const connection = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
    await createTemporaryTables(connection, await log.logId());
    const projection = new Projection({ pool, schema: TEMPORARY, rules, log, clock, unread: true });
    await projectEvents(projection, events, { version, logger });
    return await read(connection.withSchema(TEMPORARY));
  } finally {
    await pool.end();
  }
}
