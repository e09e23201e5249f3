/** The names by which entries are filtered: each once, found by jumping from one to the next in an index. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type CallPlace, type CallPlaces, callPlaces } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';

type Tables = Kysely<VersionTables>;

/** Of each kind: a list to pick from, no page. */
const MAX_NAMES = 500;

export async function listCallPlaces(tables: Tables): Promise<CallPlaces> {
  const found = {
    dids: await dids(tables),
    queues: await queues(tables),
    trunks: await trunks(tables),
    extensions: await extensions(tables),
  };
  const cut: CallPlace[] = callPlaces.filter((place) => found[place].length > MAX_NAMES);
  const first = (names: readonly string[]) => names.slice(0, MAX_NAMES);
  return {
    dids: first(found.dids),
    queues: first(found.queues),
    trunks: first(found.trunks),
    extensions: first(found.extensions),
    cut,
  };
}

/** The name before, in the statement that looks for the next one. */
const KNOWN = sql.ref<string>('known.name');

function dids(tables: Tables) {
  const first = tables.selectFrom('crm_comms_log').select('did').where('did', 'is not', null).orderBy('did').limit(1);
  return eachOf(tables, sql`${first}`, sql`${first.where('did', '>', KNOWN)}`);
}

function trunks(tables: Tables) {
  const first = tables
    .selectFrom('crm_comms_log')
    .select('trunk')
    .where('trunk', 'is not', null)
    .orderBy('trunk')
    .limit(1);
  return eachOf(tables, sql`${first}`, sql`${first.where('trunk', '>', KNOWN)}`);
}

function queues(tables: Tables) {
  const first = tables.selectFrom('entry_queue').select('queue').orderBy('queue').limit(1);
  return eachOf(tables, sql`${first}`, sql`${first.where('queue', '>', KNOWN)}`);
}

function extensions(tables: Tables) {
  const first = tables.selectFrom('entry_extension').select('extension').orderBy('extension').limit(1);
  return eachOf(tables, sql`${first}`, sql`${first.where('extension', '>', KNOWN)}`);
}

/** One more than is shown, to see whether there are more. */
async function eachOf(
  tables: Tables,
  first: RawBuilder<unknown>,
  next: RawBuilder<unknown>,
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive known (name) as (
      (${first}) union all select (${next}) from known where known.name is not null
    )
    select name from known where name is not null limit ${sql.lit(MAX_NAMES + 1)}`.execute(tables);
  return rows.map(({ name }) => name);
}
