import { jsonRows, type Sql } from '../tables/transaction.ts';
import type { FoldedCalls } from './foldedCalls.ts';

/** Into which call each id went that a call had before. */
export function aliasesOf({ entries, current }: FoldedCalls): ReadonlyMap<string, string> {
  return new Map(
    [...entries, ...current].flatMap(({ asked }) => asked.aliases.map((id): [string, string] => [id, asked.id])),
  );
}

/** Writes the aliases, in place of those of the calls that the groups `replaced` still have. Those that were there. */
export async function writeAliases(
  sql: Sql,
  aliases: ReadonlyMap<string, string>,
  replaced: readonly bigint[],
): Promise<readonly string[]> {
  const takenAway =
    replaced.length === 0
      ? []
      : await sql<{ id: string }>(
          `delete from call_alias where current_id in (
         select id from crm_comms_log where group_id = any($1)
         union all select id from current_call where group_id = any($1))
       returning id`,
          [replaced],
        );
  if (aliases.size > 0)
    await sql('insert into call_alias select * from json_populate_recordset(null::call_alias, $1)', [
      jsonRows([...aliases].map(([id, current_id]) => ({ id, current_id }))),
    ]);
  return takenAway.map(({ id }) => id);
}
