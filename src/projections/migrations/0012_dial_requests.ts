import { type Kysely, sql } from 'kysely';
import type { SchemaMigration } from './schemaMigration.ts';

const TABLE = `
  create table if not exists commslog.dial_request (
    id          uuid primary key,
    pbx         text not null,
    asked_by    text not null,
    extension   text not null,
    channel_id  text not null,
    -- what the phone system is asked for; null as soon as it is settled: it holds a number
    origination jsonb,
    asked_at    timestamptz not null default clock_timestamp(),
    -- nobody may take it later
    take_by     timestamptz not null,
    state       text not null default 'asked',
    reason      text,
    changed_at  timestamptz not null default clock_timestamp()
  );
  create index if not exists dial_request_asked on commslog.dial_request (asked_at) where state = 'asked';
`;

/** Calls that somebody wants to be begun: any server is asked, the one that listens to the phone system acts. */
export const dialRequests: SchemaMigration = {
  isAdditive: true,
  up: async (db: Kysely<unknown>) => {
    await sql.raw(TABLE).execute(db);
  },
};
