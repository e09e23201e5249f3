import { gapFilledSchema } from '../../domain/connectionEvents.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { About } from '../tables/batch.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

/** Writes what became of gaps; of a session the latest counts, in whatever order it is told. Throws `POISON_EVENT`. */
export async function writeGapFillings(sql: Sql, told: readonly About[]): Promise<void> {
  if (told.length === 0) return;
  const rows = new Map(told.map(rowOf).map((row) => [`${row.pbx} ${row.session}`, row]));
  await sql(
    `insert into gap_filling select * from json_populate_recordset(null::gap_filling, $1)
     on conflict (pbx, session) do update set
       revision = excluded.revision, asked_at = excluded.asked_at, outcome = excluded.outcome,
       records = excluded.records, calls = excluded.calls, reason = excluded.reason, final = excluded.final
     where excluded.revision > gap_filling.revision`,
    [jsonRows([...rows.values()])],
  );
}

function rowOf({ id: pbx, event }: About) {
  const { session, at, outcome, records, calls, reason, final } = dataOf(event, gapFilledSchema);
  const asked_at = toRfc3339(timeOf(event, at));
  return { pbx, session, revision: `${event.revision}`, asked_at, outcome, records, calls, reason, final };
}
