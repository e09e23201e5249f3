import { type Kysely, type Migration, sql } from 'kysely';

/** One change of the schema `commslog`. */
export type SchemaMigration = Migration & {
  /**
   * Programs of the release before go on beside it: it only adds, and what it adds they can leave out. False of all from
   * before programs asked.
   */
  readonly isAdditive: boolean;
};

/** As Kysely does it: in one transaction with it, programs that do not know it are told whether they may go on. */
export function told(name: string, { up, isAdditive }: SchemaMigration): Migration {
  if (!isAdditive) return { up };
  return {
    async up(db: Kysely<unknown>) {
      await up(db);
      await sql`insert into commslog.additive_migration (name) values (${name}) on conflict do nothing`.execute(db);
    },
  };
}
