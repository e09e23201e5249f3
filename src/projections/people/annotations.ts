import {
  type Annotation,
  type Decided as DecidedByPeople,
  decidedIn,
  evolveAnnotation,
  NOTHING_SAID,
} from '../../domain/acts/annotation.ts';
import { MANUAL_PBX } from '../../domain/acts/manualCall.ts';
import { entryId } from '../../domain/callId.ts';
import type { About } from '../tables/batch.ts';
import { later } from '../tables/positions.ts';
import type { VersionTables } from '../tables/schema.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

/** One stream of people's facts, as far as it was projected: its fold and its last event. */
export type AnnotationRow = Omit<VersionTables['annotation'], 'said'> & { readonly said: Annotation };

/** What people decided about one entry, in all streams of the ids that it ever had. */
export type Decided = DecidedByPeople & {
  /** of the stream of the entry's own id, -1 when there is none */
  readonly revision: bigint;
  /** of the last of these facts, 0 when there is none */
  readonly position: bigint;
};

/**
 * Takes events of `annotation-` streams in. The ids that they are about, and the uuids of the calls logged by hand that
 * these were merged with or split from.
 */
export async function annotate(
  sql: Sql,
  events: readonly About[],
): Promise<{ readonly ids: readonly string[]; readonly manual: readonly string[] }> {
  const ids = [...new Set(events.map(({ id }) => id))];
  const rows = await annotationsOf(sql, ids);
  const manual = new Set<string>();
  for (const { id, event } of events) {
    const before = rows.get(id)?.said ?? NOTHING_SAID;
    const said = evolveAnnotation(before, event);
    for (const merged of said.merged === before.merged ? [] : [...before.merged, ...said.merged]) {
      manual.add(merged.manual);
    }
    rows.set(id, { id, revision: event.revision, position: event.position, said });
  }
  await writeAnnotations(sql, [...rows.values()]);
  if (manual.size > 0) await writeMerges(sql, [...rows.values()]);
  return { ids, manual: [...manual] };
}

/** Takes out of the tables what was said of an entry, to be folded anew. The uuids of calls logged by hand that were merged with it. */
export async function forgetAnnotation(sql: Sql, id: string): Promise<readonly string[]> {
  await sql('delete from annotation where id = $1', [id]);
  const merges = await sql<{ manual: string }>('delete from manual_merge where annotation_id = $1 returning manual', [
    id,
  ]);
  return merges.map(({ manual }) => manual);
}

export async function writeAnnotations(sql: Sql, rows: readonly AnnotationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql(
    `insert into annotation select * from json_populate_recordset(null::annotation, $1)
     on conflict (id) do update set
       revision = excluded.revision, position = excluded.position, said = excluded.said`,
    [jsonRows(rows)],
  );
}

/** The annotations that there are of these ids. */
export async function annotationsOf(sql: Sql, ids: readonly string[]): Promise<Map<string, AnnotationRow>> {
  const rows = ids.length === 0 ? [] : await sql<AnnotationRow>('select * from annotation where id = any($1)', [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Tells what was decided about an entry, by its own id and its aliases. For the ids that were asked about. */
export async function decisionsOn(
  sql: Sql,
  ids: readonly string[],
): Promise<(id: string, aliases: readonly string[]) => Decided> {
  const rows = await annotationsOf(sql, ids);
  return (id, aliases) => {
    const all = [id, ...aliases].map((one) => rows.get(one)).filter((row) => row !== undefined);
    return {
      ...decidedIn(all.map(({ said }) => said)),
      revision: rows.get(id)?.revision ?? -1n,
      position: all.reduce((highest, { position }) => later(highest, position), 0n),
    };
  };
}

/** Which calls logged by hand the entries of these annotations say to be the same as they. */
async function writeMerges(sql: Sql, rows: readonly AnnotationRow[]): Promise<void> {
  await sql('delete from manual_merge where annotation_id = any($1)', [rows.map(({ id }) => id)]);
  const merges = rows.flatMap(({ id, said }) =>
    said.merged.map(({ manual, at, position }) => ({
      annotation_id: id,
      manual_id: entryId(MANUAL_PBX, manual),
      manual,
      merged_at: at,
      position,
    })),
  );
  await sql('insert into manual_merge select * from json_populate_recordset(null::manual_merge, $1)', [
    jsonRows(merges),
  ]);
}
