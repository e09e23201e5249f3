import { erasureOrderedSchema } from '../../domain/events.ts';
import { dataOf } from '../../domain/recorded.ts';
import type { Batch, FactPlace } from '../tables/batch.ts';
import { callOfStream } from '../tables/parked.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { type FactCount, NO_FACTS, withFact } from './missingFacts.ts';

type Row = VersionTables['fact_count'];
type Counted = { readonly pbx: string; readonly session: number; readonly count: FactCount };

/**
 * Counts which facts of each session the log has, parked ones too. Where something of a PBX is erased the counts so far are
 * forgotten: nobody can tell what was erased from what is missing. Throws `POISON_EVENT`.
 */
export async function countFacts(sql: Sql, batch: Batch): Promise<void> {
  const erasedAt = await forgetErased(sql, batch);
  const heard = batch.heard.filter(({ pbx, position }) => position > (erasedAt.get(pbx) ?? -1n));
  if (heard.length === 0) return;
  const counts = await load(sql, heard);
  for (const { pbx, session, seq, receivedAt } of heard) {
    const key = `${pbx} ${session}`;
    const { count } = counts.get(key) ?? { count: NO_FACTS };
    counts.set(key, { pbx, session, count: withFact(count, seq, receivedAt) });
  }
  await write(sql, [...counts.values()]);
}

/** By PBX, where in the log something of it was ordered to be erased last. */
async function forgetErased(sql: Sql, { erasures }: Batch): Promise<ReadonlyMap<string, bigint>> {
  const erasedAt = new Map<string, bigint>();
  for (const { event } of erasures) {
    if (event.type !== 'ErasureOrdered') continue;
    const calls = dataOf(event, erasureOrderedSchema).streams.map(callOfStream);
    for (const call of calls) if (call) erasedAt.set(call.pbx, event.position);
  }
  if (erasedAt.size > 0) await sql('delete from fact_count where pbx = any($1)', [[...erasedAt.keys()]]);
  return erasedAt;
}

async function load(sql: Sql, heard: readonly FactPlace[]): Promise<Map<string, Counted>> {
  const wanted = [...new Map(heard.map((one) => [`${one.pbx} ${one.session}`, one])).values()];
  const rows = await sql<Row>(
    'select * from fact_count where (pbx, session) in (select * from unnest($1::text[], $2::integer[]))',
    [wanted.map(({ pbx }) => pbx), wanted.map(({ session }) => session)],
  );
  return new Map(
    rows.map(({ pbx, session, seq_end: end, last_at, missing: stored }) => {
      const missing = stored.map(({ from, to, since }) => ({ from, to, since: microsOrNull(since) }));
      return [`${pbx} ${session}`, { pbx, session, count: { end, lastAt: microsOrNull(last_at), missing } }];
    }),
  );
}

async function write(sql: Sql, counts: readonly Counted[]): Promise<void> {
  const rows = counts.map(({ pbx, session, count: { end, lastAt, missing } }) => ({
    pbx,
    session,
    seq_end: end,
    last_at: columnOf(lastAt),
    missing: missing.map(({ from, to, since }) => ({ from, to, since: columnOf(since) })),
  }));
  await sql(
    `insert into fact_count select * from json_populate_recordset(null::fact_count, $1)
     on conflict (pbx, session) do update set
       seq_end = excluded.seq_end, last_at = excluded.last_at, missing = excluded.missing`,
    [jsonRows(rows)],
  );
}
