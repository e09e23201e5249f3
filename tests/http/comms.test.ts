import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { entrySchema, listedSchema } from '../../src/http/contract/contract.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('the list of entries');
const system = await startSystem();
const token = await system.token('agent');
test.after(system.close);

const HAND = Array.from({ length: 25 }, (_, i) => ({
  customer_id: i % 2 === 0 ? 'c-even' : 'c-odd',
  direction: i % 3 === 0 ? ('inbound' as const) : ('outbound' as const),
  duration_seconds: i % 5 === 0 ? 0 : 60 + i,
  notes: i === 7 ? 'wants a REBATE of 100%' : '',
  // pairs at the same moment: the id decides between them
  occurred_at: new Date(Date.UTC(2026, 10, 20, 10, Math.floor(i / 2))).toISOString(),
}));
let ids: string[] = [];

test.before(async () => {
  await tellCustomer(system, 'c-even', 'Even & Sons');
  ids = await tellCalls(system, HAND);
});

async function list(query: string, path = '/api/crm/comms') {
  const answer = await system.ask({ path: `${path}?${query}`, token });
  assert.is(answer.status, 200, answer.text);
  const items = field(answer.json, 'items');
  assert.ok(Array.isArray(items));
  const cursor = field(answer.json, 'page.next_cursor');
  assert.is(field(answer.json, 'page.has_more'), cursor !== null);
  return {
    ids: items.map((item) => String(field(item, 'id'))),
    items,
    cursor: cursor === null ? null : String(cursor),
    link: answer.headers.link,
  };
}

async function walk(query: string): Promise<string[]> {
  const seen: string[] = [];
  let page = await list(query);
  for (;;) {
    seen.push(...page.ids);
    if (page.cursor === null) return seen;
    page = await list(`${query}&cursor=${page.cursor}`);
  }
}

test('pages of any size show every entry once, newest first', async () => {
  const whole = await list('limit=100');
  assert.is(whole.ids.length, 25);
  const times = whole.items.map((item) => `${field(item, 'occurred_at')} ${field(item, 'id')}`);
  assert.equal(times, [...times].sort().reverse());
  for (const limit of [1, 2, 7, 24, 25]) assert.equal(await walk(`limit=${limit}`), whole.ids, `limit ${limit}`);
});

test('a page holds 50 entries unless another number is asked for', async () => {
  assert.is((await list('')).cursor, null);
  assert.is((await list('limit=10')).ids.length, 10);
});

test('the Link header leads to the next page, whatever the filters are', async () => {
  let path: string | undefined = '/api/crm/comms?direction=inbound&direction=outbound&customer_id=c-odd&limit=5';
  const seen: string[] = [];
  while (path !== undefined) {
    const answer = await system.ask({ path, token });
    const { items } = Object(answer.json);
    seen.push(...items.map((item: unknown) => String(field(item, 'id'))));
    path = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1];
  }
  assert.equal(seen, (await list('customer_id=c-odd')).ids);
  assert.is(seen.length, 12);
});

test('every filter narrows, and filters join', async () => {
  const at = (i: number) => ids[i] ?? '';
  const expected = (keep: (call: (typeof HAND)[number], i: number) => boolean) =>
    HAND.flatMap((call, i) => (keep(call, i) ? [at(i)] : [])).sort();
  const found = async (query: string) => (await walk(`limit=100&${query}`)).sort();
  assert.equal(
    await found('direction=inbound'),
    expected((call) => call.direction === 'inbound'),
  );
  assert.equal(
    await found('direction=inbound&direction=outbound'),
    expected(() => true),
  );
  assert.equal(
    await found('outcome=missed'),
    expected((call) => call.duration_seconds === 0),
  );
  assert.equal(
    await found('customer_id=c-even'),
    expected((_, i) => i % 2 === 0),
  );
  assert.equal(await found('q=rebate'), [at(7)]);
  assert.equal(await found('q=100%25'), [at(7)]);
  assert.equal(
    await found('q=Even%20%26'),
    expected((_, i) => i % 2 === 0),
  );
  assert.equal(
    await found('type=call&done=false'),
    expected(() => true),
  );
  assert.equal(await found('done=true'), []);
  assert.equal(await found('extension=101'), []);
  const minute = '2026-11-20T12:05:00%2B02:00';
  assert.equal(
    await found(`from=${minute}`),
    expected((_, i) => i >= 10),
  );
  assert.equal(
    await found(`to=${minute}`),
    expected((_, i) => i < 10),
  );
  assert.equal(
    await found(`to=${minute}&outcome=missed`),
    expected((call, i) => i < 10 && call.duration_seconds === 0),
  );
});

test('counts are those of the list with the same filters', async () => {
  const counts = async (query: string) => (await system.ask({ path: `/api/crm/comms/counts?${query}`, token })).json;
  const all = await counts('');
  assert.is(field(all, 'total'), 25);
  assert.is(field(all, 'by_direction.inbound'), (await walk('direction=inbound')).length);
  assert.is(field(all, 'by_outcome.missed'), (await walk('outcome=missed')).length);
  assert.is(
    field(await counts('customer_id=c-odd&outcome=missed'), 'total'),
    (await walk('customer_id=c-odd&outcome=missed')).length,
  );
});

test('a cursor is good for the same filters only', async () => {
  const { cursor } = await list('limit=5&direction=inbound');
  const other = await system.ask({ path: `/api/crm/comms?limit=5&direction=outbound&cursor=${cursor}`, token });
  assert.equal([other.status, field(other.json, 'code')], [400, 'BAD_REQUEST']);
  const none = await system.ask({ path: `/api/crm/comms?limit=5&cursor=${cursor}`, token });
  assert.is(none.status, 400);
  assert.is((await list(`limit=7&direction=inbound&cursor=${cursor}`)).ids.length, 4);
});

test('a cursor that was tampered with, or made up, is refused and breaks nothing', async () => {
  const seed = Date.now();
  console.log(`cursors: seed ${seed}`);
  const { cursor } = await list('limit=5');
  assert.ok(cursor);
  const forged = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc
      .record({ v: fc.constantFrom(0, 1, 2), f: fc.string(), k: fc.jsonValue() })
      .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc.nat(cursor.length - 1).map((at) => cursor.slice(0, at)),
  );
  await fc.assert(
    fc.asyncProperty(forged, async (text) => {
      const { status } = await system.ask({ path: `/api/crm/comms?limit=5&cursor=${encodeURIComponent(text)}`, token });
      assert.ok(status === 400 || status === 422, `${status}`);
    }),
    { seed, numRuns: 60 },
  );
});

test('an entry shows itself whole and its ETag; a list leaves out legs, segments and why', async () => {
  const [id = ''] = ids;
  const answer = await system.ask({ path: `/api/crm/comms/${id}`, token });
  assert.is(answer.status, 200);
  assert.is(answer.headers.etag, `"${id}:0"`);
  assert.equal(entrySchema.strict().parse(answer.json), answer.json);
  assert.equal(field(answer.json, 'customer'), { id: 'c-even', name: 'Even & Sons' });
  const { items } = await list('limit=100');
  for (const item of items) assert.equal(listedSchema.strict().parse(item), item);
});

test('an entry that nobody has heard of is not found', async () => {
  assert.is((await system.ask({ path: `/api/crm/comms/${randomUUID()}`, token })).status, 404);
});

test('an entry that became part of another is found there', async () => {
  const [old, now] = [randomUUID(), ids[3] ?? ''];
  await system.pool.query('insert into read_v1.call_alias (id, current_id) values ($1, $2)', [old, now]);
  const answer = await system.ask({ path: `/api/crm/comms/${old}`, token });
  assert.equal([answer.status, answer.headers.location], [308, `/api/crm/comms/${now}`]);
});

test('a call that the PBX told of shows up with its customer, and no revision of people yet', async () => {
  await tellRecording(system, 'main', 'inbound-answered');
  const { items } = await list('limit=100');
  const item = items.find((one) => field(one, 'pbx') === 'main');
  assert.equal(listedSchema.strict().parse(item), item);
  const id = String(field(item, 'id'));
  const answer = await system.ask({ path: `/api/crm/comms/${id}`, token });
  assert.is(answer.headers.etag, `"${id}:-1"`);
  const whole = entrySchema.strict().parse(answer.json);
  assert.ok(whole.segments.length > 0);
  assert.ok(Object.keys(whole.why).length > 0);
});

test.run();
