import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, refusalIn, startAgent, textsIn } from './support.ts';

const test = suite('correcting a call that was logged by hand');
const agent = await startAgent();
const { ask, tellCall, logCall, register, said } = agent;
test.after(agent.system.close);
test.before(async () => {
  await register('by-hand', 'By Hand');
  await register('anna', 'Anna');
});

const patch = (id: string, body: unknown, headers = {}) => ask('PATCH', `/comms/${id}`, body, headers);

test('changes what is named and nothing else, and everything that follows from it', async () => {
  const id = await logCall({ notes: 'as logged', occurred_at: '2026-11-20T10:00:00Z' });
  const before = entryIn(await ask('GET', `/comms/${id}`));
  const answer = await patch(id, {
    duration_seconds: 0,
    direction: 'inbound',
    occurred_at: '2026-11-20T12:00:00+01:00',
  });
  assert.is(answer.status, 200, answer.text);
  const { direction, outcome, body, occurred_at, ended_at, notes, customer_id } = entryIn(answer);
  assert.equal([direction, outcome, body], ['inbound', 'missed', 'Call duration: 0s']);
  assert.equal([occurred_at, ended_at], ['2026-11-20T11:00:00.000000Z', '2026-11-20T11:00:00.000000Z']);
  assert.equal([notes, customer_id], [before.notes, before.customer_id]);
  assert.is(answer.headers.etag, `"${id}:1"`);
});

test('gives it another customer and another note', async () => {
  const id = await logCall({ notes: 'as logged' });
  const answer = await patch(id, { customer_id: 'anna', notes: 'as corrected' });
  assert.equal([entryIn(answer).customer, textsIn(answer)], [{ id: 'anna', name: 'Anna' }, ['as corrected']]);
  assert.equal(textsIn(await patch(id, { notes: '' })), []);
  assert.equal(textsIn(await patch(id, { notes: 'and back' })), ['and back']);
});

test('keeps what was corrected in the log: the call as it was logged and each correction', async () => {
  const id = await logCall();
  await patch(id, { duration_seconds: 7 });
  const same = await patch(id, { duration_seconds: 7, direction: 'outbound' });
  assert.is(same.status, 200);
  await patch(id, { duration_seconds: 8 });
  assert.equal(await said(id), ['CallLogged', 'CallCorrected', 'CallCorrected']);
});

test('with If-Match changes only what was read', async () => {
  const id = await logCall();
  assert.is((await patch(id, { duration_seconds: 1 }, { 'if-match': `"${id}:0"` })).status, 200);
  const stale = await patch(id, { duration_seconds: 2 }, { 'if-match': `"${id}:0"` });
  assert.equal(refusalIn(stale), [412, 'PRECONDITION_FAILED', undefined]);
  assert.is((await patch(id, { void: true }, { 'if-match': `"${id}:0"` })).status, 412);
});

test('to something that cannot be is refused by the name of the field', async () => {
  const id = await logCall();
  const ahead = new Date(agent.system.clock.now() / 1000 + 360_000).toISOString();
  for (const [body, pointer] of [
    [{ duration_seconds: -1 }, '#/duration_seconds'],
    [{ direction: 'internal' }, '#/direction'],
    [{ occurred_at: ahead }, '#/occurred_at'],
    [{ customer_id: 'nobody' }, '#/customer_id'],
    [{ outcome: 'busy' }, '#/outcome'],
    [{ void: false }, '#/void'],
    [{ void: true, notes: 'x' }, '#/void'],
    [{}, '#'],
  ] as const) {
    assert.equal(refusalIn(await patch(id, body)), [422, 'VALIDATION_FAILED', pointer]);
  }
  assert.equal(await said(id), ['CallLogged']);
});

test('is not for what a PBX said', async () => {
  const id = await tellCall('inbound-answered');
  for (const body of [{ duration_seconds: 1 }, { void: true }]) {
    assert.equal(refusalIn(await patch(id, body)), [409, 'CONFLICT', undefined]);
  }
  assert.equal(await said(id), []);
});

test('by making it void takes it out of the log of calls, and leaves it in the log of events', async () => {
  const id = await logCall({ notes: 'in error' });
  const entry = entryIn(await ask('GET', `/comms/${id}`));
  const answer = await patch(id, { void: true });
  assert.equal([answer.status, answer.text], [204, '']);
  assert.is((await ask('GET', `/comms/${id}`)).status, 404);
  assert.is(field((await ask('GET', '/comms?q=in%20error')).json, 'items.length'), 0);
  for (const [method, path, body] of [
    ['PATCH', '', { void: true }],
    ['PUT', '/done', undefined],
    ['POST', '/notes', { text: 'x' }],
  ] as const) {
    assert.is((await ask(method, `/comms/${id}${path}`, body)).status, 404);
  }
  const types: string[] = [];
  for await (const events of agent.system.log.readStream(`manual-${entry.ext_message_id}`)) {
    types.push(...events.map(({ type }) => type));
  }
  assert.equal(types, ['CallLogged', 'CallVoided']);
});

test.run();
