import type { RecordedEvent } from '../domain/events.ts';
import { evolveManualCall, type ManualCall } from '../domain/manual.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { parkedIn } from './parked.ts';
import type { Sql } from './transaction.ts';

/** A call logged by hand, and its stream as far as it was projected. */
export type FoldedManualCall = { readonly call: ManualCall; readonly revision: bigint; readonly position: bigint };

/** The calls of these events of `manual-` streams, each folded anew from its whole stream. */
export async function foldManualCalls(
  sql: Sql,
  log: EventStore,
  events: readonly { readonly id: string; readonly event: RecordedEvent }[],
  derivation: string,
): Promise<readonly FoldedManualCall[]> {
  const byId = new Map<string, RecordedEvent[]>();
  for (const { id, event } of events) byId.set(id, [...(byId.get(id) ?? []), event]);
  const folded: FoldedManualCall[] = [];
  for (const [uuid, told] of byId) {
    let call: ManualCall | null = null;
    for (const event of [...(await toldBefore(sql, log, told)), ...told]) {
      call = evolveManualCall(uuid, call, event, derivation);
    }
    const last = told.at(-1);
    if (call && last) folded.push({ call, revision: last.revision, position: last.position });
  }
  return folded;
}

/** What stands in the stream before these events, without what is parked. */
async function toldBefore(sql: Sql, log: EventStore, told: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
  const [first] = told;
  if (!first || first.revision === 0n) return [];
  const parked = (await parkedIn(sql, [first.stream])).get(first.stream);
  const events: RecordedEvent[] = [];
  for await (const batch of log.readStream(first.stream, { limit: Number(first.revision) })) events.push(...batch);
  return events.filter(({ position }) => !parked?.has(position));
}
