import type { CurrentCall } from '../../domain/entry.ts';
import { lookupKey } from '../../domain/phone/index.ts';
import { type RulesOf, whose } from '../people/whose.ts';
import { jsonRows } from '../tables/transaction.ts';
import { tableOf } from './copyTables.ts';
import { readingAnew } from './readAnew.ts';
import type { Within } from './within.ts';

type Row = {
  readonly id: string;
  readonly call: CurrentCall;
  readonly outside: string | null;
  readonly aliases: string[];
};

/** Copies the calls in progress, their numbers read and matched anew. They are as many as are open at once. */
export async function copyCurrentCalls({ sql, source, version }: Within, rulesOf: RulesOf): Promise<void> {
  const read = readingAnew(version.rules);
  const calls = tableOf(source, 'current_call');
  const rows = await sql<Row>(
    `select id, call, outside::text as outside,
       array(select alias.id::text from call_alias as alias where alias.current_id = call.id) as aliases
     from ${calls} as call`,
  );
  const asked = rows.map(({ call, outside, aliases }) => {
    const { external_number, external_number_raw } = read(call.pbx, outside);
    const number_key = lookupKey(external_number_raw, external_number);
    return { ...call, external_number, external_number_raw, number_key, aliases };
  });
  const whoseIs = await whose(sql, rulesOf, asked);
  const anew = asked.map((one) => {
    const { number_key, aliases: _, ...call } = one;
    const { customer_id, match } = whoseIs(one);
    return { id: call.id, call: { ...call, customer_id, match }, number_key };
  });
  await sql(
    `insert into current_call (id, group_id, pbx, occurred_at, call, number_key, outside)
     select id, before.group_id, before.pbx, before.occurred_at, now.call, now.number_key, before.outside
     from json_to_recordset($1) as now (id uuid, call json, number_key text) join ${calls} as before using (id)`,
    [jsonRows(anew)],
  );
}
