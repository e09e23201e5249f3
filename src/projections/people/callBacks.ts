import { type CallBackSaid, evolveCallBack, NOTHING_PLANNED } from '../../domain/acts/callBack.ts';
import type { About } from '../tables/batch.ts';
import type { VersionTables } from '../tables/schema.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

type Row = Omit<VersionTables['call_back_said'], 'said'> & { readonly said: CallBackSaid };

/** Takes events of `callback-` streams in; whether there were some. */
export async function planCallBacks(sql: Sql, events: readonly About[]): Promise<boolean> {
  if (events.length === 0) return false;
  const ids = [...new Set(events.map(({ id }) => id))];
  const before = await sql<Row>('select * from call_back_said where id = any($1)', [ids]);
  const rows = new Map(before.map((row) => [row.id, row]));
  for (const { id, event } of events) {
    const said = evolveCallBack(rows.get(id)?.said ?? NOTHING_PLANNED, event);
    rows.set(id, { id, revision: event.revision, position: event.position, taken_by: said.taken?.by ?? null, said });
  }
  await sql(
    `insert into call_back_said select * from json_populate_recordset(null::call_back_said, $1)
     on conflict (id) do update set
       revision = excluded.revision, position = excluded.position, taken_by = excluded.taken_by, said = excluded.said`,
    [jsonRows([...rows.values()])],
  );
  return true;
}

export async function forgetCallBack(sql: Sql, id: string): Promise<void> {
  await sql('delete from call_back_said where id = $1', [id]);
}
