import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import * as assert from 'uvu/assert';
import { defaultRules } from '../../src/domain/rules.ts';
import { currentSchema, listedSchema } from '../../src/http/contract/contract.ts';
import { createVersion } from '../../src/projections/tables/createVersion.ts';
import type { ControlTables } from '../../src/projections/tables/schema.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { type EventStream, listen, type ServerEvent } from './support/events.ts';
import { tellBeginning, tellCalls, tellCustomer } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('the live feed');
const system = await startSystem();
const token = await system.token('agent');
const opened: EventStream[] = [];
test.after(system.close);
test.after.each(async () => {
  for (const feed of opened.splice(0)) feed.close();
  await eventually('all feeds are closed', async () => /commslog_live_clients 0/.test(await figures()));
});

const PATH = '/api/crm/comms/live';
const figures = async () =>
  (await system.ask({ path: '/metrics', token: await system.token('auditor', 'figures') })).text;

async function follow(lastEventId?: string, headers: Record<string, string> = {}, as = token): Promise<EventStream> {
  const ids: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const feed = await listen(system.port, { path: PATH, token: as, headers: { ...ids, ...headers } });
  opened.push(feed);
  if (feed.response.statusCode === 200) {
    await feed.until('the calls in progress', (events) => events.some(({ event }) => event === 'current'));
  }
  return feed;
}

const upserts = (events: readonly ServerEvent[]) =>
  events.filter(({ event }) => event === 'upsert').map(({ data }) => String(field(data, 'entry.id')));
const idsIn = (data: unknown, name: string) =>
  Object(field(data, name)).map((call: unknown) => String(field(call, 'id')));
const currentIds = (events: readonly ServerEvent[]): string[] => [
  ...new Set(events.filter(({ event }) => event === 'current').flatMap(({ data }) => idsIn(data, 'calls'))),
];
const sawAll = (ids: readonly string[]) => (events: readonly ServerEvent[]) =>
  ids.every((id) => upserts(events).includes(id));

test('who connects is told where the feed stands and all calls in progress, and no entry', async () => {
  await tellCalls(system, [{}]);
  const feed = await follow();
  assert.equal(feed.events, [
    { id: null, event: 'current', data: { whole: true, part: 1, of: 1, calls: [], ended: [] } },
  ]);
  assert.match(feed.lastEventId(), /^1:\d+$/);
  assert.match(feed.response.headers['content-type'] ?? '', /^text\/event-stream/);
  assert.is(feed.response.headers['cache-control'], 'no-store');
});

test('a changed entry arrives as the list shows it, numbered without gaps', async () => {
  await tellCustomer(system, 'c-1', 'Anna');
  const feed = await follow();
  const start = BigInt(feed.lastEventId().split(':')[1] ?? '');
  const ids = await tellCalls(system, [{ notes: 'first' }, { notes: 'second' }, { notes: 'third' }]);
  await feed.until('the three calls', sawAll(ids));
  const changes = feed.events.filter(({ id }) => id !== null);
  assert.equal(
    changes.map(({ id }) => id),
    [1n, 2n, 3n].map((n) => `1:${start + n}`),
  );
  const list = await system.ask({ path: '/api/crm/comms?limit=100', token });
  for (const { data } of changes) {
    const entry = listedSchema.strict().parse(field(data, 'entry'));
    assert.equal(
      entry,
      Object(list.json).items.find((item: unknown) => field(item, 'id') === entry.id),
    );
    assert.is(entry.customer?.name, 'Anna');
  }
});

test('who comes back gets exactly what was missed, then what happens', async () => {
  const before = await follow();
  const seen = await tellCalls(system, [{}, {}]);
  await before.until('two calls', sawAll(seen));
  before.close();
  const missed = await tellCalls(system, [{}, {}, {}]);
  const after = await follow(before.lastEventId());
  const later = await tellCalls(system, [{}]);
  await after.until('what happens', sawAll(later));
  assert.equal(upserts(after.events), [...missed, ...later]);
  assert.not(after.events.some(({ event }) => event === 'reset'));
});

test('wherever connections break, every change is told once and in order', async () => {
  const seed = Date.now();
  console.log(`broken connections: seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('call', 'break'), { minLength: 4, maxLength: 12 }), async (steps) => {
      let feed = await follow();
      const [told, seen]: [string[], string[]] = [[], []];
      for (const step of steps) {
        if (step === 'call') told.push(...(await tellCalls(system, [{}])));
        else {
          feed.close();
          seen.push(...upserts(feed.events));
          feed = await follow(feed.lastEventId());
        }
      }
      await feed.until('the rest', (events) => seen.length + upserts(events).length >= told.length);
      assert.equal([...seen, ...upserts(feed.events)], told);
      feed.close();
    }),
    { seed, numRuns: 6 },
  );
});

test('who comes from another version, from the future, or with no id of ours starts anew', async () => {
  const { seq } = await system.readModel.feedHead();
  for (const id of ['2:1', `1:${seq + 1_000n}`, 'nonsense', '1:-1']) {
    const feed = await follow(id);
    const [reset] = feed.events;
    assert.is(reset?.event, 'reset', id);
    assert.is(reset?.id, `1:${(await system.readModel.feedHead()).seq}`);
  }
});

test('who missed changes that are no longer kept starts anew', async () => {
  const { seq } = await system.readModel.feedHead();
  await tellCalls(
    system,
    Array.from({ length: 30 }, () => ({})),
  );
  assert.ok((await follow(`1:${seq}`)).events.length > 30);
  await system.pool.query('delete from read_v1.changes where seq <= $1', [String(seq + 1n)]);
  assert.is((await follow(`1:${seq}`)).events[0]?.event, 'reset');
});

test('a thousand missed changes are told one by one, one more is read anew', async () => {
  const other = await startSystem();
  await other.projector.stop();
  await other.pool.query(`insert into read_v1.changes (seq, id, kind)
    select seq, gen_random_uuid(), 'removed' from generate_series(1, 1001) as seq`);
  await other.pool.query('update read_v1.checkpoint set seq = 1001');
  const from = async (lastEventId: string) => {
    const headers = { 'last-event-id': lastEventId };
    const feed = await listen(other.port, { path: PATH, token: await other.token('agent'), headers });
    await feed.until('the calls in progress', (events) => events.at(-1)?.event === 'current');
    feed.close();
    return feed.events.slice(0, -1).map(({ id, event }) => `${id} ${event}`);
  };
  assert.equal(
    await from('1:1'),
    Array.from({ length: 1_000 }, (_, i) => `1:${i + 2} removed`),
  );
  assert.equal(await from('1:0'), ['1:1001 reset']);
  await other.close();
});

test('when another version is served all clients begin anew there', async () => {
  const other = await startSystem();
  const feed = await listen(other.port, { path: PATH, token: await other.token('agent') });
  await feed.until('the calls in progress', (events) => events.length === 1);
  const db = new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool: other.pool }) });
  await createVersion(db, 2, { logId: await other.log.logId(), rules: defaultRules('GR'), derivation: '1-other' });
  await other.pool.query('update commslog.read_model set active_version = 2');
  await feed.until('the reset', (events) => events.length === 2);
  assert.equal(feed.events[1], { id: '2:0', event: 'reset', data: {} });
  feed.close();
  await other.close();
});

test('a call of the PBX is in progress, then ended, then an entry', async () => {
  const feed = await follow();
  const ringing = await tellBeginning(system, 'main', 'inbound-answered');
  await feed.until('the call in progress', (events) => currentIds(events).length === 1);
  const now = await system.ask({ path: '/api/crm/calls/current', token });
  const [call] = Object(now.json).items;
  assert.equal(currentSchema.strict().parse(call), call);
  assert.equal([call.id], currentIds(feed.events));
  const second = await follow();
  assert.equal(currentIds(second.events.filter(({ data }) => field(data, 'whole') === true)), currentIds(feed.events));
  await ringing.finish();
  await feed.until('the entry', (events) => upserts(events).length > 0);
  await feed.until('the end of the call', (events) =>
    events.some(({ data }) => field(data, 'ended.0') === currentIds(events)[0]),
  );
  assert.equal(upserts(feed.events), currentIds(feed.events));
});

test('feeds of a session end when it is signed out, others go on', async () => {
  const signedIn = await system.ask({ method: 'POST', path: '/api/session', token });
  const cookie = String(signedIn.headers['set-cookie']).split(';', 1)[0] ?? '';
  const mine = await listen(system.port, { path: PATH, headers: { cookie } });
  opened.push(mine);
  const other = await follow();
  await system.ask({
    method: 'DELETE',
    path: '/api/session',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
  await eventually('the feed of the session ends', () => mine.ended());
  const ids = await tellCalls(system, [{}]);
  await other.until('the next call', sawAll(ids));
});

test('one subject may have ten feeds open, another one is refused and his others go on', async () => {
  const feeds = await Promise.all(Array.from({ length: 10 }, () => follow()));
  const refused = await follow();
  assert.is(refused.response.statusCode, 429);
  assert.is((await follow(undefined, {}, await system.token('agent', 'another'))).response.statusCode, 200);
  feeds[0]?.close();
  await eventually('a place is free', async () => {
    const feed = await listen(system.port, { path: PATH, token });
    opened.push(feed);
    return feed.response.statusCode === 200;
  });
});

test.run();
