import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, refusalIn, startAgent, textsIn } from './support.ts';

const test = suite('notes on a call');
const agent = await startAgent();
const { ask, tellCall, said } = agent;
test.after(agent.system.close);

const add = (id: string, text: unknown, key?: string) =>
  ask('POST', `/comms/${id}/notes`, { text }, key === undefined ? {} : { 'idempotency-key': key });

test('stand in their order, each with who wrote it and when, and are found by their text', async () => {
  const id = await tellCall('inbound-answered');
  await add(id, 'wants a REBATE');
  const answer = await add(id, 'θα ξαναπάρει 😀');
  assert.is(answer.status, 201, answer.text);
  assert.is(answer.headers.location, `/api/crm/comms/${id}`);
  assert.equal(textsIn(answer), ['wants a REBATE', 'θα ξαναπάρει 😀']);
  const [first] = entryIn(answer).notes;
  assert.is(first?.author, 'agent-1');
  assert.match(first?.at ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.is(field((await ask('GET', '/comms?q=rebate')).json, 'items.0.id'), id);
});

test('are removed once', async () => {
  const id = await tellCall('inbound-answered');
  await add(id, 'one');
  const note = entryIn(await add(id, 'two')).notes[0]?.id;
  assert.equal(textsIn(await ask('DELETE', `/comms/${id}/notes/${note}`)), ['two']);
  assert.is((await ask('DELETE', `/comms/${id}/notes/${note}`)).status, 404);
  assert.equal(await said(id), ['NoteAdded', 'NoteAdded', 'NoteRemoved']);
});

test('of another person are taken back by admins unless the rules say otherwise, and that is recorded', async () => {
  const { system } = agent;
  const [bert, admin] = await Promise.all([system.token('agent', 'bert'), system.token('admin')]);
  const as = (token: string, method: string, path: string, body?: unknown) =>
    system.ask({ method, path: `/api/crm${path}`, token, body });
  const id = await tellCall('inbound-answered');
  const [first, second, third] = [await add(id, 'a'), await add(id, 'b'), await add(id, 'c')].map(
    (answer) => entryIn(answer).notes.at(-1)?.id,
  );
  const path = (note: unknown) => `/comms/${id}/notes/${note}`;
  assert.equal(refusalIn(await as(bert, 'DELETE', path(first))), [403, 'FORBIDDEN', undefined]);
  assert.is((await as(admin, 'DELETE', path(first))).status, 200);

  const before = await system.ask({ path: '/api/admin/rules', token: admin });
  assert.equal((await as(bert, 'GET', '/settings')).json, DEFAULT_SETTINGS);
  assert.is((await as(admin, 'PUT', '/settings', { note_removal: 'everyone' })).status, 200);
  assert.is((await as(bert, 'DELETE', path(second))).status, 200);
  await as(admin, 'PUT', '/settings', { note_removal: 'author' });
  assert.is((await as(admin, 'DELETE', path(third))).status, 403);
  assert.equal(textsIn(await ask('DELETE', path(third))), []);
  assert.equal(refusalIn(await as(admin, 'PUT', '/settings', { note_removal: 'nobody' })), [
    422,
    'VALIDATION_FAILED',
    '#/note_removal',
  ]);
  assert.equal((await system.ask({ path: '/api/admin/rules', token: admin })).json, before.json);
  await as(admin, 'PUT', '/settings', {});

  const recorded: unknown[] = [];
  for await (const events of system.log.readStream(`annotation-${id}`)) {
    recorded.push(...events.filter(({ type }) => type === 'NoteRemoved').map(({ data }) => data.taken_back));
  }
  assert.equal(recorded, [
    { author: 'agent-1', rule: 'author_and_admins' },
    { author: 'agent-1', rule: 'everyone' },
    undefined,
  ]);
});

test('with the same key are added once, also when removed since; another text is refused', async () => {
  const id = await tellCall('inbound-answered');
  const first = await add(id, 'once', 'key-1');
  const again = await add(id, 'once', 'key-1');
  assert.equal([again.status, again.json], [201, first.json]);
  assert.equal(refusalIn(await add(id, 'other', 'key-1')).slice(0, 2), [422, 'IDEMPOTENCY_KEY_REUSED']);
  await ask('DELETE', `/comms/${id}/notes/${entryIn(first).notes[0]?.id}`);
  assert.equal(textsIn(await add(id, 'once', 'key-1')), []);
  assert.equal(await said(id), ['NoteAdded', 'NoteRemoved']);
});

test('with one key on two calls are two notes', async () => {
  const [one, other] = [await tellCall('inbound-answered'), await tellCall('inbound-answered')];
  await add(one, 'same', 'key-2');
  assert.equal(textsIn(await add(other, 'same', 'key-2')), ['same']);
});

test('with one key, many at once, are one', async () => {
  const id = await tellCall('inbound-answered');
  const seed = Date.now();
  console.log(`racing notes: seed ${seed}`);
  let before = 0;
  await fc.assert(
    fc.asyncProperty(fc.uuid(), fc.integer({ min: 2, max: 3 }), async (key, many) => {
      const answers = await Promise.all(Array.from({ length: many }, () => add(id, 'raced', key)));
      for (const answer of answers) assert.is(answer.status, 201, answer.text);
      before += 1;
      assert.is(textsIn(await ask('GET', `/comms/${id}`)).length, before);
    }),
    { seed, numRuns: 8 },
  );
});

test('are text of 1 to 10,000 characters that every store can hold', async () => {
  const id = await tellCall('inbound-answered');
  for (const text of ['', 'x'.repeat(10_001), 'a\0b', '\ud83d', 7, undefined]) {
    assert.equal(refusalIn(await add(id, text)), [422, 'VALIDATION_FAILED', '#/text']);
  }
  const long = 'ελ😀'.repeat(2_500);
  assert.equal(textsIn(await add(id, long)), [long]);
  assert.equal(await said(id), ['NoteAdded']);
});

test('are at most 200 on one call', async () => {
  const id = await tellCall('inbound-answered');
  for (let at = 0; at < 200; at += 1) await add(id, `note ${at}`);
  assert.equal(refusalIn(await add(id, 'one more')), [409, 'CONFLICT', undefined]);
  assert.is(textsIn(await ask('GET', `/comms/${id}`)).length, 200);
});

test('never stand in the program’s log, nor in an error', async () => {
  const id = await tellCall('inbound-answered');
  await add(id, 'SECRET-TEXT', 'key-3');
  const refused = await add(id, 'SECRET-OTHER', 'key-3');
  assert.not.match(refused.text, /SECRET/);
  assert.not.match(agent.system.logged.join(''), /SECRET/);
});

test.run();
