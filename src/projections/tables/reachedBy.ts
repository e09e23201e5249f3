import { type Kysely, sql } from 'kysely';
import type { ControlTables } from './schema.ts';

/** How far a version has come in the log, and how many events of it could not be projected. */
export type Reached = { readonly position: bigint; readonly parked: bigint };

export async function reachedBy(db: Kysely<ControlTables>, { schema }: { readonly schema: string }): Promise<Reached> {
  const { rows } = await sql<Reached>`
    select position, (select count(*) from ${sql.id(schema, 'parked')}) as parked
    from ${sql.id(schema, 'checkpoint')}`.execute(db);
  return rows[0] ?? { position: 0n, parked: 0n };
}
