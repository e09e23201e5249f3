import { evolveManualCall, MANUAL_PBX, type ManualCall } from '../../domain/acts/manualCall.ts';
import { entryId } from '../../domain/callId.ts';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { About } from '../tables/batch.ts';
import type { LogAtHand, StreamPart } from '../tables/logAtHand.ts';
import { withoutParked } from '../tables/parked.ts';
import type { Sql } from '../tables/transaction.ts';
import { annotationsOf, writeAnnotations } from './annotations.ts';

/** A call logged by hand, and its stream as far as it was projected. */
export type FoldedManualCall = { readonly call: ManualCall; readonly revision: bigint; readonly position: bigint };

/** By uuid; null: there is no such call, or no more. */
export type FoldedManualCalls = Map<string, FoldedManualCall | null>;

export type ManualFolding = { readonly sql: Sql; readonly log: LogAtHand; readonly derivation: string };

/** Takes events of `manual-` streams in: their calls, each folded anew from its whole stream. */
export async function foldManualCalls(folding: ManualFolding, events: readonly About[]): Promise<FoldedManualCalls> {
  const folded: FoldedManualCalls = new Map();
  for (const [uuid, told] of byUuidOf(events)) {
    const before = told[0] ? await toldBefore(folding, told[0].stream, told[0].revision) : [];
    folded.set(uuid, fold(uuid, [...before, ...told], folding.derivation));
  }
  await writeFolded(folding.sql, folded);
  return folded;
}

/** What `foldManualCalls` needs of the log. */
export function toldBeforeThese(events: readonly About[]): readonly StreamPart[] {
  return [...byUuidOf(events).values()].flatMap(([first]) => (first ? partsBefore(first.stream, first.revision) : []));
}

function byUuidOf(events: readonly About[]): ReadonlyMap<string, readonly RecordedEvent[]> {
  const byUuid = new Map<string, RecordedEvent[]>();
  for (const { id, event } of events) byUuid.set(id, [...(byUuid.get(id) ?? []), event]);
  return byUuid;
}

/** The calls of these uuids that are not among the folded ones yet, as far as their streams were projected. */
export async function foldAgain(folding: ManualFolding, folded: FoldedManualCalls, uuids: readonly string[]) {
  const missing = uuids.filter((uuid) => !folded.has(uuid));
  const known = await annotationsOf(
    folding.sql,
    missing.map((uuid) => entryId(MANUAL_PBX, uuid)),
  );
  for (const uuid of missing) {
    const row = known.get(entryId(MANUAL_PBX, uuid));
    const told = row ? await toldBefore(folding, streamOf.manual(uuid), row.revision + 1n) : [];
    folded.set(uuid, fold(uuid, told, folding.derivation));
  }
}

function fold(uuid: string, told: readonly RecordedEvent[], derivation: string): FoldedManualCall | null {
  const call = told.reduce<ManualCall | null>(
    (before, event) => evolveManualCall(uuid, before, event, derivation),
    null,
  );
  const last = told.at(-1);
  return call && last ? { call, revision: last.revision, position: last.position } : null;
}

/** What people said of a call that is void counts no more. */
async function writeFolded(sql: Sql, folded: FoldedManualCalls): Promise<void> {
  const all = [...folded].map(([uuid, one]) => ({ id: entryId(MANUAL_PBX, uuid), one }));
  await writeAnnotations(
    sql,
    all.flatMap(({ id, one }) =>
      one ? { id, revision: one.revision, position: one.position, said: one.call.annotation } : [],
    ),
  );
  const gone = all.filter(({ one }) => one === null).map(({ id }) => id);
  if (gone.length > 0) await sql('delete from annotation where id = any($1)', [gone]);
}

/** What stands in the stream before this revision, without what is parked. */
async function toldBefore(
  { sql, log }: ManualFolding,
  stream: string,
  revision: bigint,
): Promise<readonly RecordedEvent[]> {
  const [told = []] = log.parts(partsBefore(stream, revision));
  const counted = await withoutParked(sql, told);
  return counted.flatMap(({ says }) => (says.of === 'manual' ? [says.event] : []));
}

function partsBefore(stream: string, revision: bigint): readonly StreamPart[] {
  return revision === 0n ? [] : [{ stream, first: 0n, last: revision - 1n }];
}
