import { callAssignedSchema, type RecordedEvent } from '../domain/events.ts';
import type { Assignment } from '../domain/matching.ts';
import { dataOf, recordedAt } from '../domain/recorded.ts';
import { toRfc3339 } from '../domain/time.ts';
import { later } from './positions.ts';
import type { VersionTables } from './schema.ts';
import { jsonRows, type Sql } from './transaction.ts';

type Row = VersionTables['annotation'];

/** What people decided about one entry, in all streams of the ids that it ever had. */
export type Decided = {
  readonly assignment: Assignment | null;
  /** of the stream of the entry's own id, -1 when there is none */
  readonly revision: bigint;
  /** of the last of these facts, 0 when there is none */
  readonly position: bigint;
};

/** Takes events of `annotation-` streams in. The ids that they are about. */
export async function annotate(
  sql: Sql,
  events: readonly { readonly id: string; readonly event: RecordedEvent }[],
): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const rows = new Map<string, Row>();
  for (const { id, event } of events) rows.set(id, rowOf(id, event, rows.get(id)));
  await sql(
    `insert into annotation select * from json_populate_recordset(null::annotation, $1)
     on conflict (id) do update set
       revision = excluded.revision, position = excluded.position,
       customer_id = case when excluded.assigned_at is null then annotation.customer_id else excluded.customer_id end,
       assigned_at = coalesce(excluded.assigned_at, annotation.assigned_at)`,
    [jsonRows([...rows.values()])],
  );
  return [...rows.keys()];
}

/** Tells what was decided about an entry, by its own id and those it had before. For the ids that were asked about. */
export async function decisionsOn(
  sql: Sql,
  ids: readonly string[],
): Promise<(id: string, aliases: readonly string[]) => Decided> {
  const rows = ids.length === 0 ? [] : await sql<Row>('select * from annotation where id = any($1)', [ids]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id, aliases) => {
    const own = byId.get(id);
    const all = [own, ...aliases.map((alias) => byId.get(alias))].filter((row) => row !== undefined);
    return decided(own, all);
  };
}

/** Of the last assignments to each id the one that was written last counts. */
function decided(own: Row | undefined, all: readonly Row[]): Decided {
  const last = all
    .filter((row) => row.assigned_at !== null)
    .reduce<Row | undefined>((latest, row) => (latest && !isLater(row, latest) ? latest : row), undefined);
  const customerId = last?.customer_id ?? null;
  return {
    assignment: customerId === null ? null : { customerId },
    revision: own?.revision ?? -1n,
    position: all.reduce((highest, { position }) => later(highest, position), 0n),
  };
}

function isLater(a: Row, b: Row): boolean {
  if (a.assigned_at === b.assigned_at) return a.position > b.position;
  return (a.assigned_at ?? '') > (b.assigned_at ?? '');
}

function rowOf(id: string, event: RecordedEvent, before: Row | undefined): Row {
  const { revision, position } = event;
  switch (event.type) {
    case 'CallAssigned': {
      const { customer_id } = dataOf(event, callAssignedSchema);
      return { id, revision, position, customer_id, assigned_at: toRfc3339(recordedAt(event)) };
    }
    case 'CallUnassigned':
      return { id, revision, position, customer_id: null, assigned_at: toRfc3339(recordedAt(event)) };
    default:
      return { id, customer_id: null, assigned_at: null, ...before, revision, position };
  }
}
