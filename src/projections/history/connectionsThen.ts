import type { Kysely } from 'kysely';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { isRecordedBy } from '../../domain/recorded.ts';
import type { Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { VersionTables } from '../tables/schema.ts';
import type { FoundSources } from './entrySources.ts';

/** After which nothing is expected any more of calls that earlier sessions have heard. */
const DECIDES: ReadonlySet<string> = new Set(['ChannelsListed', 'PbxRestarted']);

/**
 * What was known at `time` of the connections that decide about a call: from the first one that heard of it, or that was
 * there when it began, until a later session shows which channels are open. A PBX may have been connected to ten thousand
 * times since.
 */
export async function connectionsThen(
  { log, tables }: { readonly log: EventStore; readonly tables: Kysely<VersionTables> },
  { group }: FoundSources,
  heard: readonly RecordedEvent[],
  time: Micros,
): Promise<readonly RecordedEvent[]> {
  if (group === null) return [];
  const sessions = heard.flatMap(({ metadata: { session } }) => (typeof session === 'number' ? [session] : []));
  const there = await sessionAtBegin(tables, group.pbx, heard);
  const from = [...sessions, ...there].reduce<number | null>((a, b) => Math.min(a ?? b, b), null);
  const last = sessions.reduce((a, b) => Math.max(a, b), from ?? 0);
  if (from === null) return [];
  const events: RecordedEvent[] = [];
  for await (const batch of log.readStream(streamOf.pbx(group.pbx), { from: BigInt(from) })) {
    const then = batch.filter((event) => isRecordedBy(event, time));
    events.push(...then);
    const isDecided = then.some(({ type, data }) => DECIDES.has(type) && Number(data.session) > last);
    if (then.length < batch.length || isDecided) break;
  }
  return events;
}

/** The session that was there when the first of the call's imported records begins. */
async function sessionAtBegin(
  tables: Kysely<VersionTables>,
  pbx: string,
  heard: readonly RecordedEvent[],
): Promise<number[]> {
  const begins = heard.flatMap(({ metadata: { began_at } }) => (typeof began_at === 'string' ? [began_at] : []));
  const [first] = begins.sort();
  if (first === undefined) return [];
  const rows = await tables
    .selectFrom('pbx_session')
    .select('session')
    .where('pbx', '=', pbx)
    .where('connected_at', '<=', first)
    .orderBy('session', 'desc')
    .limit(1)
    .execute();
  return rows.map(({ session }) => session);
}
