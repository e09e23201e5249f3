import { jsonRows, type Sql } from '../tables/transaction.ts';
import type { FoldedCalls } from './foldedCalls.ts';

/** Into which call each id went that a call had before. */
export function aliasesOf({ entries, current }: FoldedCalls): ReadonlyMap<string, string> {
  return new Map(
    [...entries, ...current].flatMap(({ asked }) => asked.aliases.map((id): [string, string] => [id, asked.id])),
  );
}

/** Writes the aliases, in place of those of the calls that the groups `replaced` still have. Those that are so no more. */
export async function writeAliases(
  sql: Sql,
  aliases: ReadonlyMap<string, string>,
  replaced: readonly bigint[],
): Promise<readonly string[]> {
  const rows = jsonRows([...aliases].map(([id, current_id]) => ({ id, current_id })));
  const takenAway = replaced.length === 0 ? [] : await sql<{ id: string }>(TAKE_AWAY, [replaced, rows]);
  if (aliases.size > 0) await sql(UPSERT, [rows]);
  return takenAway.map(({ id }) => id);
}

const TAKE_AWAY = `
  delete from call_alias as alias
  where current_id in (
      select id from crm_comms_log where group_id = any($1)
      union all select id from current_call where group_id = any($1))
    and not exists (
      select from json_populate_recordset(null::call_alias, $2) as now
      where now.id = alias.id and now.current_id = alias.current_id)
  returning id`;

const UPSERT = `
  insert into call_alias as before select * from json_populate_recordset(null::call_alias, $1)
  on conflict (id) do update set current_id = excluded.current_id
  where before.current_id <> excluded.current_id`;
