import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import * as assert from 'uvu/assert';
import { CHANGES_CHANNEL, type VersionTables } from '../../src/projections/tables/schema.ts';
import { entryRow, matchOf } from '../projections/queries/tables.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { type EventStream, listen, type ServerEvent } from './support/events.ts';
import { startSystem } from './support/system.ts';

const test = suite('what is large in the live feed');
const system = await startSystem();
await system.projector.stop();
const tables = new Kysely<VersionTables>({
  dialect: new PostgresDialect({ pool: system.pool }),
}).withSchema('read_v1');
const token = await system.token('agent');
const opened: EventStream[] = [];
test.after(system.close);
test.after.each(async () => {
  for (const feed of opened.splice(0)) feed.close();
  await eventually('all feeds are closed', async () => (await clients()) === '0');
});

const PATH = '/api/crm/comms/live';
const PART = 65_536;
/** Names of an event's fields, and what stands around the calls of a part. */
const ENVELOPE = 200;
const LONG = 'x'.repeat(60_000);
/** An entry as a version of an earlier program may have it, whose name was kept as long as the PBX had sent it. */
const longEntry = () => entryRow({ external_name: LONG });

async function clients(): Promise<string | undefined> {
  const { text } = await system.ask({ path: '/metrics', token });
  return /^commslog_live_clients (\d+)$/m.exec(text)?.[1];
}

async function follow(lastEventId?: string): Promise<EventStream> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const feed = await listen(system.port, { path: PATH, token, headers });
  opened.push(feed);
  return feed;
}

const isTold = (events: readonly ServerEvent[]) => {
  const last = events.findLast(({ event }) => event === 'current');
  return last !== undefined && field(last.data, 'part') === field(last.data, 'of');
};
const seqsIn = (feed: EventStream) => feed.events.flatMap(({ id }) => (id === null ? [] : [Number(id.split(':')[1])]));
const bytesOf = ({ data }: ServerEvent) => Buffer.byteLength(JSON.stringify(data));

/** Has the entries changed, one after the other; the number of the last change. */
async function change(...ids: readonly string[]): Promise<number> {
  const { rows } = await system.pool.query<{ seq: bigint }>(
    `with told as (
       insert into read_v1.changes (seq, id, kind)
       select (select seq from read_v1.checkpoint) + n, id, 'upsert' from unnest($1::uuid[]) with ordinality as of (id, n)
       returning seq)
     update read_v1.checkpoint set seq = (select max(seq) from told) returning seq`,
    [ids],
  );
  await system.pool.query(`notify ${CHANGES_CHANNEL}`);
  return Number(rows[0]?.seq);
}

const came = (seq: number) => (events: readonly ServerEvent[]) => events.some(({ id }) => id === `1:${seq}`);

async function callsInProgress(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const rows = ids.map((id, n) => ({
    id,
    group_id: BigInt(n),
    pbx: 'pbx',
    occurred_at: '2026-11-20T10:00:00.000000Z',
    call: JSON.stringify({
      ...{ id, pbx: 'pbx', ext_message_id: `1795171200.${n}`, direction: 'inbound', state: 'ringing' },
      ...{ external_number: '+306912345678', external_number_raw: '6912345678', external_name: 'Σοφία Καλλέργη' },
      ...{ did: '2100000000', dialled: null, trunk: 'provider', extensions: [], rang: ['101', '102', '103'] },
      ...{ occurred_at: '2026-11-20T10:00:00.000000Z', answered_at: null, customer_id: null },
      match: JSON.parse(matchOf('unmatched')),
    }),
  }));
  await tables.insertInto('current_call').values(rows).execute();
  await system.pool.query(`update read_v1.checkpoint set position = position + 1`);
  await system.pool.query(`notify ${CHANGES_CHANNEL}`);
  return ids;
}

test('an entry with as many and as long notes as may be is a small event', async () => {
  const notes = Array.from({ length: 200 }, (_, n) => ({
    ...{ id: `note-${n}`, text: 'x'.repeat(10_000), author: 'anna', at: '2026-11-20T10:00:00.000000Z' },
  }));
  const row = entryRow({ notes: JSON.stringify(notes) });
  await tables.insertInto('crm_comms_log').values(row).execute();
  const readers = [await follow(), await follow()];
  for (const reader of readers) await reader.until('the calls in progress', isTold);
  for (const seq of [await change(row.id), await change(row.id)]) {
    for (const reader of readers) await reader.until('the change', came(seq));
  }
  for (const { events, ended } of readers) {
    for (const event of events) assert.ok(bytesOf(event) < 4_096, `${bytesOf(event)} bytes`);
    assert.equal([field(events.at(-1)?.data, 'entry.notes_count'), ended()], [200, false]);
  }
});

test('thousands of calls in progress come in parts of 64 kB, to whoever connects and when they change', async () => {
  const first = await follow();
  await first.until('the calls in progress', isTold);
  const ids = await callsInProgress(2_200);
  await first.until('the calls', ({ length }) => length > 1 && isTold(first.events));
  const second = await follow();
  await second.until('the calls', isTold);
  for (const reader of [first, second]) {
    const parts = reader.events.filter(({ data }) => Object(field(data, 'calls')).length > 0);
    assert.ok(parts.length > 15, `${parts.length} parts`);
    assert.equal(
      parts.map(({ data }) => [field(data, 'part'), field(data, 'of')]),
      parts.map((_, at) => [at + 1, parts.length]),
    );
    for (const part of parts) assert.ok(bytesOf(part) < PART + ENVELOPE + 2_200, `${bytesOf(part)} bytes`);
    const told = parts.flatMap(({ data }) => Object(field(data, 'calls')).map((call: unknown) => field(call, 'id')));
    assert.equal(told.toSorted(), ids.toSorted());
    assert.is(reader.ended(), false);
  }
  await system.pool.query('delete from read_v1.current_call');
  await system.pool.query(`update read_v1.checkpoint set position = position + 1`);
  await system.pool.query(`notify ${CHANGES_CHANNEL}`);
  for (const reader of [first, second]) {
    await reader.until('their end', (events) => events.some(({ data }) => Object(field(data, 'ended')).length > 0));
    await reader.until('all parts of it', isTold);
    const ended = reader.events.flatMap(({ data }) => Object(field(data, 'ended') ?? []));
    assert.equal(ended.toSorted(), ids.toSorted());
  }
});

test('who missed more than may wait for a reader is told all of it, however large one thing is', async () => {
  const start = Number((await system.readModel.feedHead()).seq);
  const rows = Array.from({ length: 30 }, longEntry);
  await tables.insertInto('crm_comms_log').values(rows).execute();
  const last = await change(...rows.map(({ id }) => id));
  for (const _ of ['once', 'and again']) {
    const reader = await follow(`1:${start}`);
    await reader.until('all that it missed', came(last));
    await reader.until('the calls in progress', isTold);
    assert.equal(
      seqsIn(reader),
      rows.map((_, at) => start + at + 1),
    );
    assert.is(reader.ended(), false);
  }
});

test('who does not read is disconnected alone, and comes back to where it was', async () => {
  const row = longEntry();
  await tables.insertInto('crm_comms_log').values(row).execute();
  const [quick, slow] = [await follow(), await follow()];
  for (const reader of [quick, slow]) await reader.until('the calls in progress', isTold);
  const start = Number(slow.lastEventId().split(':')[1]);
  slow.response.pause();
  let last = start;
  await eventually(
    'the slow one is disconnected',
    async () => {
      last = await change(...Array.from({ length: 8 }, () => row.id));
      await quick.until('the change', came(last));
      return (await clients()) === '1';
    },
    25_000,
  );
  assert.is(quick.ended(), false);
  const all = Array.from({ length: last - start }, (_, at) => start + at + 1);
  assert.equal(seqsIn(quick), all);
  slow.response.resume();
  await eventually('what was on its way has come', () => slow.ended());
  const rest = await follow(slow.lastEventId());
  await rest.until('the rest', came(last));
  assert.equal([...seqsIn(slow), ...seqsIn(rest)], all);
});

test.run();
