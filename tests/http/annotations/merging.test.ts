import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, refusalIn, startAgent, textsIn } from './support.ts';

const test = suite('a call logged by hand that a PBX told too');
const agent = await startAgent();
const { ask, tellCall, logCall, register, said } = agent;
test.after(agent.system.close);
test.before(async () => {
  await register('by-hand', 'By Hand');
  await register('anna', 'Anna');
});

const merge = (id: string, manual_id: string) => ask('PUT', `/comms/${id}/merge`, { manual_id });
const split = (id: string, manual_id: string) => ask('DELETE', `/comms/${id}/merge?manual_id=${manual_id}`);
const listed = async () => Number(field((await ask('GET', '/comms/counts')).json, 'total'));

test('becomes one entry with it, which has the notes, the customer and the done mark of both', async () => {
  const [told, byHand] = [await tellCall('inbound-answered'), await logCall({ notes: 'by hand' })];
  await ask('POST', `/comms/${told}/notes`, { text: 'of the PBX’s' });
  await ask('PUT', `/comms/${byHand}/done`);
  const before = await listed();
  const answer = await merge(told, byHand);
  assert.is(answer.status, 200, answer.text);
  const { id, source, customer_id, done_at, match } = entryIn(answer);
  assert.equal([id, source, customer_id, match.status], [told, 'pbx', 'by-hand', 'assigned']);
  assert.type(done_at, 'string');
  assert.equal(textsIn(answer), ['by hand', 'of the PBX’s']);
  assert.is(await listed(), before - 1);
  const moved = await ask('GET', `/comms/${byHand}`);
  assert.equal([moved.status, moved.headers.location], [308, `/api/crm/comms/${told}`]);
  const again = await merge(told, byHand);
  assert.equal([again.status, again.json], [200, answer.json]);
  assert.equal(await said(told), ['NoteAdded', 'ManualCallMerged']);
});

test('has of two customers the one that was decided later', async () => {
  const [first, second] = [await tellCall('inbound-answered'), await tellCall('inbound-answered')];
  await ask('PUT', `/comms/${first}/customer`, { customer_id: 'anna' });
  const byHand = [await logCall(), await logCall()];
  await ask('PUT', `/comms/${second}/customer`, { customer_id: 'anna' });
  assert.is(entryIn(await merge(first, byHand[0] ?? '')).customer_id, 'by-hand');
  assert.is(entryIn(await merge(second, byHand[1] ?? '')).customer_id, 'anna');
});

test('leads commands on its old id to the one entry', async () => {
  const [told, byHand] = [await tellCall('inbound-answered'), await logCall()];
  await merge(told, byHand);
  const answer = await ask('POST', `/comms/${byHand}/notes`, { text: 'by the old link' });
  assert.equal([entryIn(answer).id, textsIn(answer)], [told, ['by the old link']]);
  const marked = await ask('POST', '/comms/done', { ids: [byHand], done: true });
  assert.equal(field(marked.json, 'items'), [{ id: byHand, result: 'moved', current_id: told }]);
  assert.type(entryIn(await ask('GET', `/comms/${told}`)).done_at, 'string');
  assert.is((await ask('PATCH', `/comms/${byHand}`, { void: true })).status, 409);
});

test('is an entry of its own again when they are split, each with what was said of it', async () => {
  const [told, byHand] = [await tellCall('inbound-answered'), await logCall({ notes: 'by hand' })];
  const apart = entryIn(await ask('GET', `/comms/${byHand}`));
  await merge(told, byHand);
  await ask('POST', `/comms/${told}/notes`, { text: 'while they were one' });
  const answer = await split(told, byHand);
  assert.is(answer.status, 200, answer.text);
  assert.equal([textsIn(answer), entryIn(answer).customer_id], [['while they were one'], null]);
  assert.equal((await ask('GET', `/comms/${byHand}`)).json, apart);
  assert.equal((await split(told, byHand)).json, answer.json);
  assert.equal(await said(told), ['ManualCallMerged', 'NoteAdded', 'ManualCallSplit']);
  assert.equal(textsIn(await merge(told, byHand)), ['by hand', 'while they were one']);
});

test('does not get a note back by splitting that was removed while they were one', async () => {
  const [told, byHand] = [await tellCall('inbound-answered'), await logCall({ notes: 'a slip' })];
  const note = entryIn(await merge(told, byHand)).notes[0]?.id;
  assert.equal(textsIn(await ask('DELETE', `/comms/${told}/notes/${note}`)), []);
  await split(told, byHand);
  assert.equal(textsIn(await ask('GET', `/comms/${byHand}`)), []);
});

test('is merged with one call at a time, and only with one that a PBX told', async () => {
  const [told, other, byHand] = [await tellCall('inbound-answered'), await tellCall('inbound-missed'), await logCall()];
  await merge(told, byHand);
  assert.equal(refusalIn(await merge(other, byHand)), [409, 'CONFLICT', undefined]);
  assert.equal(refusalIn(await merge(await logCall(), await logCall())), [409, 'CONFLICT', undefined]);
  assert.equal(refusalIn(await merge(told, other)), [422, 'VALIDATION_FAILED', '#/manual_id']);
  assert.equal(refusalIn(await split(told, other)), [422, 'VALIDATION_FAILED', '#/manual_id']);
  assert.equal(refusalIn(await merge(told, '00000000-0000-4000-8000-000000000000')), [
    422,
    'VALIDATION_FAILED',
    '#/manual_id',
  ]);
});

test('leaves the list of whoever follows the live feed', async () => {
  const [told, byHand] = [await tellCall('inbound-answered'), await logCall()];
  await merge(told, byHand);
  const { rows } = await agent.system.pool.query(
    'select kind, current_id from read_v1.changes where id = $1 order by seq desc limit 1',
    [byHand],
  );
  assert.equal(rows, [{ kind: 'merged', current_id: told }]);
});

test.run();
