import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { NO_SESSION } from '../../domain/facts/fact.ts';
import { factOf } from '../../domain/facts/factOf.ts';
import { keysOf } from '../../domain/facts/grouping.ts';
import { byPlace, type Place } from '../../domain/facts/hearing.ts';
import { hasCode } from '../../errors.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { streamsOfKeys } from '../tables/parked.ts';
import type { StreamRange } from '../tables/schema.ts';
import type { FoundSources, GroupSources } from './entrySources.ts';

type Log = Pick<EventStore, 'readStream'>;

/** What the PBX said about a call, and what is folded with it, in the order in which it was heard; parked facts too. */
export async function callFacts(log: Log, group: GroupSources): Promise<RecordedEvent[]> {
  const own = new Set(streamsOfKeys(group.pbx, group.keys));
  const events: RecordedEvent[] = [];
  for (const range of group.streams) {
    for await (const batch of log.readStream(range.stream, boundsOf(range, own.has(range.stream)))) {
      events.push(...batch.filter((event) => isOf(group, event, own)));
    }
  }
  return events.sort(byTime);
}

/** What people said about an entry under any of its ids, in order. */
export async function peoplesFacts(log: Log, sources: FoundSources): Promise<RecordedEvent[]> {
  const streams = [...sources.ids.map(streamOf.annotation), ...sources.manual.map(streamOf.manual)];
  return (await readStreams(log, streams)).sort(byTime);
}

export async function readStreams(log: Log, streams: readonly string[]): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (const stream of streams) for await (const batch of log.readStream(stream)) events.push(...batch);
  return events;
}

/** When it was heard; what people say is heard when it is written. */
export function byTime(a: RecordedEvent, b: RecordedEvent): number {
  const [left, right] = [a, b].map(({ metadata }) => String(metadata.received_at ?? metadata.recorded_at));
  if (left !== right) return (left ?? '') < (right ?? '') ? -1 : 1;
  // one read of the socket has one time
  return byPlace(placeOf(a), placeOf(b)) || (a.position < b.position ? -1 : 1);
}

function placeOf({ metadata: { session, heard_before, seq } }: RecordedEvent): Place {
  const heardBefore = typeof heard_before === 'number' ? heard_before : null;
  return { session: Number(session ?? NO_SESSION), heardBefore, seq: Number(seq ?? 0) };
}

/** A stream of the call's own is read to its end: what was parked stands in it as well. */
function boundsOf({ first, last }: StreamRange, isOwn: boolean): { from: bigint; limit?: number } {
  const from = BigInt(first);
  return isOwn ? { from } : { from, limit: Number(BigInt(last) - from) + 1 };
}

function isOf({ keys }: GroupSources, event: RecordedEvent, own: ReadonlySet<string>): boolean {
  try {
    return keysOf(factOf(event)).some((key) => keys.has(key));
  } catch (error) {
    if (!hasCode(error, 'POISON_EVENT')) throw error;
    return own.has(event.stream);
  }
}
