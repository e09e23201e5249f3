import { checkTold, isOfDirectory, isShownOtherwise, type Told } from '../../domain/directory/fold.ts';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { hasCode } from '../../errors.ts';
import { lastEvent } from '../../log/streamEnds.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Feed } from '../tables/feed.ts';
import { park, reasonToPark } from '../tables/parked.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

const PREFIXES = ['person-', 'team-', 'system-'];

/** Keeps the last event of each stream of the directory; whether something is shown otherwise now. Throws `POISON_EVENT`. */
export async function evolveDirectory(sql: Sql, events: readonly RecordedEvent[]): Promise<boolean> {
  const last = new Map<string, RecordedEvent>();
  for (const event of events) {
    checkTold(event);
    last.set(event.stream, event);
  }
  if (last.size === 0) return false;
  const before = await sql<Told>('select stream, revision, type, data from directory where stream = any($1)', [
    [...last.keys()],
  ]);
  const rows = [...last.values()].map(({ stream, revision, position, type, data }) => ({
    stream,
    revision,
    position,
    type,
    data,
  }));
  const changed = await sql<{ stream: string }>(
    `insert into directory as kept select * from json_populate_recordset(null::directory, $1)
     on conflict (stream) do update set
       revision = excluded.revision, position = excluded.position, type = excluded.type, data = excluded.data
     where kept.revision < excluded.revision
     returning stream`,
    [jsonRows(rows)],
  );
  return changed.some(({ stream }) => {
    const now = last.get(stream);
    return (
      now !== undefined &&
      isShownOtherwise(
        before.find((one) => one.stream === stream),
        now,
      )
    );
  });
}

export async function forgetOfDirectory(sql: Sql, stream: string): Promise<void> {
  await sql('delete from directory where stream = $1', [stream]);
}

/** The same of events that were passed over; one that is not as its schema says is parked. `at`: now, in RFC 3339. */
export async function takeInDirectory(sql: Sql, feed: Feed, told: readonly RecordedEvent[], at: string): Promise<void> {
  const good: RecordedEvent[] = [];
  for (const event of told) {
    try {
      checkTold(event);
      good.push(event);
    } catch (error) {
      if (!hasCode(error, 'POISON_EVENT')) throw error;
      await park(sql, { event, error: reasonToPark(error) }, at);
    }
  }
  if (await evolveDirectory(sql, good)) feed.beginAnew();
}

/**
 * What the log says of the directory up to `upTo` behind `after`: a program that does not know it has projected that part. Null:
 * an earlier program has made the version, and only the streams with one name are looked at.
 */
export async function toldOfDirectory(
  log: EventStore,
  after: bigint | null,
  upTo: bigint,
): Promise<readonly RecordedEvent[]> {
  if (after === null) {
    const last = await Promise.all([lastEvent(log, streamOf.settings), lastEvent(log, streamOf.places)]);
    return last.filter((event) => event !== undefined).filter(({ position }) => position <= upTo);
  }
  const told: RecordedEvent[] = [];
  if (after >= upTo) return told;
  for await (const events of log.readAll(after, { streamPrefixes: PREFIXES })) {
    const known = events.filter(({ position }) => position <= upTo);
    told.push(...known.filter(({ stream }) => isOfDirectory(stream)));
    if (known.length < events.length) break;
  }
  return told;
}
