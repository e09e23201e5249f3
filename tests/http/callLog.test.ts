import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { CommslogError } from '../../src/errors.ts';
import { entrySchema } from '../../src/http/contract/contract.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { tellCustomer } from './support/facts.ts';
import { type System, startSystem } from './support/system.ts';

const test = suite('logging a call by hand');
const system = await startSystem();
const token = await system.token('agent');
test.after(system.close);
test.before(async () => {
  await tellCustomer(system, 'c-1', 'Anna');
  await tellCustomer(system, 'c-2', 'Bert');
});

const CALL = { customer_id: 'c-1', direction: 'outbound', duration_seconds: 42, notes: 'asked for an offer' };

const log = (body: unknown, key?: string, on: System = system, as = token): Promise<Answer> =>
  on.ask({
    method: 'POST',
    path: '/api/crm/calls/log',
    token: as,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });

async function logged(): Promise<number> {
  const { rows } = await system.pool.query('select count(*)::int as n from read_v1.crm_comms_log');
  return rows[0].n;
}

test('the entry is in the answer, at its Location, and first in the very next list', async () => {
  const answer = await log(CALL);
  assert.is(answer.status, 201, answer.text);
  const entry = entrySchema.strict().parse(answer.json);
  assert.equal(
    [entry.source, entry.outcome, entry.customer_id, entry.match.status, entry.body],
    ['manual', 'answered', 'c-1', 'assigned', 'Call duration: 42s'],
  );
  assert.equal(
    entry.notes.map((note) => [note.text, note.author]),
    [['asked for an offer', 'agent-1']],
  );
  assert.is(answer.headers.etag, `"${entry.id}:0"`);
  assert.equal((await system.ask({ path: answer.headers.location ?? '', token })).json, answer.json);
  const list = await system.ask({ path: '/api/crm/comms?limit=1', token });
  assert.is(field(list.json, 'items.0.id'), entry.id);
});

test('a call of no seconds was missed', async () => {
  const answer = await log({ ...CALL, duration_seconds: 0, direction: 'inbound', notes: undefined });
  assert.equal([field(answer.json, 'outcome'), field(answer.json, 'notes')], ['missed', []]);
});

test('who logged it, in which role and request, stands in the fact and nowhere else', async () => {
  const answer = await system.ask({
    method: 'POST',
    path: '/api/crm/calls/log',
    token: await system.token('admin', 'admin-7'),
    body: CALL,
    headers: { 'x-request-id': 'request-0001' },
  });
  const stream = `manual-${field(answer.json, 'ext_message_id')}`;
  for await (const [event] of system.log.readStream(stream)) {
    const { actor, request_id, v, $correlationId } = Object(event?.metadata);
    assert.equal(
      [actor, request_id, v, $correlationId],
      [{ sub: 'admin-7', role: 'admin' }, 'request-0001', 2, 'request-0001'],
    );
  }
});

const now = system.clock.now() / 1000;
const ahead = (seconds: number) => new Date(now + seconds * 1000).toISOString();
const REFUSED: [string, object, string][] = [
  ['an unknown customer', { ...CALL, customer_id: 'nobody' }, '#/customer_id'],
  ['an id that no customer can have', { ...CALL, customer_id: 'a b' }, '#/customer_id'],
  ['a negative duration', { ...CALL, duration_seconds: -1 }, '#/duration_seconds'],
  ['part of a second', { ...CALL, duration_seconds: 1.5 }, '#/duration_seconds'],
  ['more than a day', { ...CALL, duration_seconds: 86_401 }, '#/duration_seconds'],
  ['a duration as text', { ...CALL, duration_seconds: '42' }, '#/duration_seconds'],
  ['a time more than five minutes ahead', { ...CALL, occurred_at: ahead(360) }, '#/occurred_at'],
  ['a time without an offset', { ...CALL, occurred_at: '2026-11-20T10:00:00' }, '#/occurred_at'],
  ['a 30th of February', { ...CALL, occurred_at: '2026-02-30T10:00:00Z' }, '#/occurred_at'],
  ['a time that no database has', { ...CALL, occurred_at: '0000-01-01T00:00:00Z' }, '#/occurred_at'],
  ['an unknown field', { ...CALL, duration: 42 }, '#/duration'],
  ['an internal call', { ...CALL, direction: 'internal' }, '#/direction'],
  ['notes of more than 10,000 characters', { ...CALL, notes: 'x'.repeat(10_001) }, '#/notes'],
  ['notes with a NUL', { ...CALL, notes: 'a\0b' }, '#/notes'],
  ['notes with half a character', { ...CALL, notes: '\ud83d' }, '#/notes'],
];
for (const [what, body, pointer] of REFUSED) {
  test(`${what} is refused by the name of the field, and nothing is logged`, async () => {
    const before = await system.log.head();
    const answer = await log(body);
    assert.is(answer.status, 422, answer.text);
    assert.is(field(answer.json, 'code'), 'VALIDATION_FAILED');
    assert.is(field(answer.json, 'errors.0.pointer'), pointer);
    assert.is(await system.log.head(), before);
  });
}

test('four minutes ahead is a clock that goes wrong, and taken', async () => {
  assert.is((await log({ ...CALL, occurred_at: ahead(240) })).status, 201);
});

test('notes of 10,000 characters of any script are taken as they are', async () => {
  const notes = '😀ελ'.repeat(2_500);
  assert.is(field((await log({ ...CALL, notes })).json, 'notes.0.text'), notes);
});

test('the same request with the same key logs once and gets the same answer', async () => {
  const before = await logged();
  const first = await log(CALL, 'key-1');
  const again = await log({ ...CALL }, 'key-1');
  assert.equal([first.status, again.status], [201, 201]);
  assert.equal(again.json, first.json);
  assert.is(again.headers.etag, first.headers.etag);
  assert.is(await logged(), before + 1);
});

test('the order of the fields does not make another request, and empty notes are none', async () => {
  const { notes: _, ...bare } = CALL;
  const first = await log({ ...bare, notes: '' }, 'key-order');
  const again = await log(Object.fromEntries(Object.entries(bare).reverse()), 'key-order');
  assert.equal(again.json, first.json);
});

test('another request with the same key is refused', async () => {
  await log(CALL, 'key-2');
  for (const other of [
    { customer_id: 'c-2' },
    { duration_seconds: 43 },
    { notes: 'other' },
    { occurred_at: ahead(-60) },
  ]) {
    const answer = await log({ ...CALL, ...other }, 'key-2');
    assert.equal([answer.status, field(answer.json, 'code')], [422, 'IDEMPOTENCY_KEY_REUSED']);
  }
});

test('keys of two people are two keys', async () => {
  const other = await system.token('agent', 'agent-2');
  const [mine, theirs] = [await log(CALL, 'key-3'), await log(CALL, 'key-3', system, other)];
  assert.is.not(field(mine.json, 'id'), field(theirs.json, 'id'));
});

test('many at once with the same key log once; of two requests with one key one wins', async () => {
  const seed = Date.now();
  console.log(`racing keys: seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.uuid(), fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }), async (key, which) => {
      const before = await logged();
      const answers = await Promise.all(which.map((one) => log({ ...CALL, notes: one ? 'one' : 'two' }, key)));
      assert.is(await logged(), before + 1);
      const won = new Set(answers.filter((answer) => answer.status === 201).map((answer) => answer.text));
      assert.is(won.size, 1);
      const notes = which.map((one, i) => [one, answers[i]?.status === 201]);
      const winner = notes.find(([, created]) => created)?.[0];
      for (const [one, created] of notes) assert.is(created, one === winner);
    }),
    { seed, numRuns: 10 },
  );
});

test('a replay is answered even when its customer was removed since', async () => {
  await tellCustomer(system, 'c-3', 'Carla');
  const body = { ...CALL, customer_id: 'c-3' };
  const first = await log(body, 'key-4');
  await system.ask({ method: 'DELETE', path: '/api/crm/customers/c-3', token: await system.token('admin') });
  assert.is((await log(body)).status, 422);
  const again = await log(body, 'key-4');
  assert.equal([again.status, field(again.json, 'id')], [201, field(first.json, 'id')]);
});

test('a key that is no visible text is refused', async () => {
  for (const key of ['', 'with space', 'x'.repeat(256)]) assert.is((await log(CALL, key)).status, 400, key);
});

test('an outcome that is unknown is 503, and safe to repeat with the key', async () => {
  const { log: real } = system;
  let storesButDoesNotSay = true;
  const uncertain: EventStore = {
    ...real,
    async append(stream, events, expected) {
      const result = await real.append(stream, events, expected);
      if (!storesButDoesNotSay) return result;
      storesButDoesNotSay = false;
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'the log did not answer in time');
    },
  };
  const other = await startSystem({ ...system.options, log: uncertain });
  try {
    const before = await logged();
    const unknown = await log(CALL, 'key-5', other);
    assert.equal([unknown.status, field(unknown.json, 'code')], [503, 'LOG_OUTCOME_UNKNOWN']);
    assert.match(unknown.headers['retry-after'] ?? '', /^\d+$/);
    const again = await log(CALL, 'key-5', other);
    assert.is(again.status, 201);
    assert.is(await logged(), before + 1);
  } finally {
    await other.close();
  }
});

test('while the projection stands still the answer comes all the same, as the entry is going to be', async () => {
  await system.projector.stop();
  const early = await log(CALL, 'key-6');
  assert.is(early.status, 201, early.text);
  const entry = entrySchema.strict().parse(early.json);
  assert.is((await system.ask({ path: `/api/crm/comms/${entry.id}`, token })).status, 404);
  const later = system.resumeProjector();
  await later.reach(await system.log.head());
  assert.equal((await system.ask({ path: `/api/crm/comms/${entry.id}`, token })).json, early.json);
});

test.run();
