import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, refusalIn, startAgent } from './support.ts';

const test = suite('the work list');
const agent = await startAgent();
const { ask, tellCall, register, logCall, said } = agent;
test.after(agent.system.close);
test.before(() => register('by-hand', 'By Hand'));

const mark = (ids: readonly string[], done: boolean) => ask('POST', '/comms/done', { ids, done });
const waiting = async () => field((await ask('GET', '/comms/counts')).json, 'missed_open');

test('a missed call that is done waits for nobody any more, until it is put back', async () => {
  const id = await tellCall('inbound-missed');
  assert.is(await waiting(), 1);
  const done = await ask('PUT', `/comms/${id}/done`);
  assert.type(entryIn(done).done_at, 'string');
  assert.is(await waiting(), 0);
  assert.is(field((await ask('GET', '/comms?done=true')).json, 'items.0.id'), id);
  const again = await ask('PUT', `/comms/${id}/done`);
  assert.equal([again.json, again.headers.etag], [done.json, done.headers.etag]);
  assert.is(entryIn(await ask('DELETE', `/comms/${id}/done`)).done_at, null);
  assert.is((await ask('DELETE', `/comms/${id}/done`)).status, 200);
  assert.is(await waiting(), 1);
  assert.equal(await said(id), ['CallMarkedDone', 'CallMarkedOpen']);
});

test('with If-Match only what was read is marked', async () => {
  const id = await tellCall('inbound-missed');
  await ask('PUT', `/comms/${id}/done`);
  assert.is((await ask('DELETE', `/comms/${id}/done`, undefined, { 'if-match': `"${id}:-1"` })).status, 412);
});

test('many are marked at once, PBX’s calls and those by hand, and each is told what came of it', async () => {
  const calls = [await tellCall('inbound-missed'), await tellCall('inbound-abandoned'), await logCall()];
  const [first = '', second = '', third = ''] = calls;
  await ask('PUT', `/comms/${second}/done`);
  const nobody = '00000000-0000-4000-8000-000000000000';
  const answer = await mark([...calls, nobody, first], true);
  assert.is(answer.status, 200, answer.text);
  assert.equal(field(answer.json, 'items'), [
    { id: first, result: 'changed', current_id: first },
    { id: second, result: 'unchanged', current_id: second },
    { id: third, result: 'changed', current_id: third },
    { id: nobody, result: 'not_found', current_id: null },
  ]);
  for (const id of calls) assert.type(entryIn(await ask('GET', `/comms/${id}`)).done_at, 'string');
  assert.equal(await said(third), ['CallLogged', 'CallMarkedDone']);
});

test('500 go at once, one more or none do not', async () => {
  const ids = (count: number) =>
    Array.from({ length: count }, (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`);
  assert.is((await mark(ids(500), true)).status, 200);
  assert.equal(refusalIn(await mark(ids(501), true)), [422, 'VALIDATION_FAILED', '#/ids']);
  assert.equal(refusalIn(await mark([], true)), [422, 'VALIDATION_FAILED', '#/ids']);
});

test.run();
