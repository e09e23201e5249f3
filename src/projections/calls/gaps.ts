import { gapFilledSchema, gapHeardSchema } from '../../domain/connectionEvents.ts';
import { dataOf, timeOf } from '../../domain/recorded.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { About } from '../tables/batch.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

/** Writes what became of gaps; of each the latest counts, in whatever order it is told. Throws `POISON_EVENT`. */
export async function writeGaps(sql: Sql, told: readonly About[]): Promise<void> {
  await writeFillings(sql, told.filter(isOf('GapFilled')).map(fillingOf));
  await writeHeard(sql, told.filter(isOf('GapHeard')).map(heardOf));
}

async function writeFillings(sql: Sql, fillings: readonly ReturnType<typeof fillingOf>[]): Promise<void> {
  if (fillings.length === 0) return;
  const rows = new Map(fillings.map((row) => [`${row.pbx} ${row.session}`, row]));
  await sql(
    `insert into gap_filling select * from json_populate_recordset(null::gap_filling, $1)
     on conflict (pbx, session) do update set
       revision = excluded.revision, asked_at = excluded.asked_at, outcome = excluded.outcome,
       records = excluded.records, calls = excluded.calls, reason = excluded.reason, final = excluded.final
     where excluded.revision > gap_filling.revision`,
    [jsonRows([...rows.values()])],
  );
}

async function writeHeard(sql: Sql, heard: readonly ReturnType<typeof heardOf>[]): Promise<void> {
  if (heard.length === 0) return;
  const rows = new Map(heard.map((row) => [`${row.pbx} ${row.session} ${row.heard_session}`, row]));
  await sql(
    `insert into gap_heard select * from json_populate_recordset(null::gap_heard, $1)
     on conflict (pbx, session, heard_session) do update set
       revision = excluded.revision, until = excluded.until, facts = excluded.facts, set_aside = excluded.set_aside
     where excluded.revision > gap_heard.revision`,
    [jsonRows([...rows.values()])],
  );
}

function isOf(type: string): (about: About) => boolean {
  return ({ event }) => event.type === type;
}

function fillingOf({ id: pbx, event }: About) {
  const { session, at, outcome, records, calls, reason, final } = dataOf(event, gapFilledSchema);
  const asked_at = toRfc3339(timeOf(event, at));
  return { pbx, session, revision: `${event.revision}`, asked_at, outcome, records, calls, reason, final };
}

function heardOf({ id: pbx, event }: About) {
  const { session, heard_session, until, facts, set_aside } = dataOf(event, gapHeardSchema);
  const revision = `${event.revision}`;
  return { pbx, session, heard_session, revision, until: toRfc3339(timeOf(event, until)), facts, set_aside };
}
