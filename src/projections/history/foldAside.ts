import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Logger } from 'pino';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createPool } from '../../postgres.ts';
import { BehindLive } from '../following/behindLive.ts';
import { projectEvents } from '../following/projectEvents.ts';
import { Projection } from '../following/projection.ts';
import { incomingOf } from '../tables/batch.ts';
import { createTemporaryTables } from '../tables/createVersion.ts';
import type { VersionTables } from '../tables/schema.ts';

const TEMPORARY = 'pg_temp';

export type AsideOptions = {
  readonly url: string;
  readonly log: EventStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Of sessions: when each was last heard, by whatever call. */
export type LastFact = Pick<VersionTables['pbx_session'], 'pbx' | 'session' | 'last_fact_at'>;

type Folded = {
  readonly events: readonly RecordedEvent[];
  readonly lastFacts: readonly LastFact[];
  readonly rules: Rules;
  readonly version: number;
};

/**
 * Projects some events as any read-model version does, into tables that nobody else sees and that are gone afterwards, and
 * reads from these.
 */
export async function foldAside<T>(
  { url, log, clock, logger }: AsideOptions,
  { events, lastFacts, rules, version }: Folded,
  read: (tables: Kysely<VersionTables>) => Promise<T>,
): Promise<T> {
  // temporary tables are those of one connection
  const pool = createPool(url, { max: 1 });
  try {
    const connection = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
    await createTemporaryTables(connection, await log.logId());
    const about = { version, logger };
    const project = async (some: readonly RecordedEvent[]) => {
      const projection = new Projection({ unread: true, pool, schema: TEMPORARY, rules, log, clock });
      await projectEvents(projection, some.map(incomingOf), about);
      const behind = new BehindLive(projection, about);
      while ((await behind.doSome()) === 0);
    };
    await project(events.filter(isOfConnection));
    await tellLastFacts(connection, lastFacts);
    await connection.updateTable('checkpoint').set({ position: 0n }).execute();
    await project(events.filter((event) => !isOfConnection(event)));
    return await read(connection.withSchema(TEMPORARY));
  } finally {
    await pool.end();
  }
}

function isOfConnection({ stream }: RecordedEvent): boolean {
  return stream.startsWith(streamOf.pbx(''));
}

/** A session that was never told to have ended ended with its last fact, which may be that of another call. */
async function tellLastFacts(connection: Kysely<VersionTables>, lastFacts: readonly LastFact[]): Promise<void> {
  await sql`
    update pbx_session as row set last_fact_at = told.last_fact_at
    from json_to_recordset(${JSON.stringify(lastFacts)}) as told (pbx text, session integer, last_fact_at timestamptz)
    where row.pbx = told.pbx and row.session = told.session`.execute(connection);
}
