import * as assert from 'uvu/assert';
import { callBackCountsSchema, callBackSchema } from '../../src/http/contract/callBackContract.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('who waits to be called back');
const system = await startSystem();
const admin = await system.token('admin');
const anna = await system.token('agent', 'anna');
const bert = await system.token('agent', 'bert');
test.after(system.close);

const ask = (method: string, path: string, token: string, body?: unknown): Promise<Answer> =>
  system.ask({ method, path: `/api/crm${path}`, token, body });
const list = async (query = '', token = anna): Promise<unknown[]> =>
  Object(field((await ask('GET', `/call-backs?${query}`, token)).json, 'items'));
const counts = async (token = anna) => (await ask('GET', '/call-backs/counts', token)).json;
const MISSED_NUMBER = '+306955501234';

test.before(async () => {
  await ask('PUT', '/settings', admin, { call_backs_since: '2026-11-01T00:00:00Z' });
});

test('is one line a caller, whatever phone system they called, and counts their tries', async () => {
  await tellRecording(system, 'one', 'inbound-missed');
  await tellRecording(system, 'two', 'inbound-missed');
  const [line, ...more] = await list();
  assert.equal(more, []);
  assert.equal(callBackSchema.strict().parse(line), line);
  assert.equal(
    [field(line, 'external_number'), field(line, 'tries'), field(line, 'attempts'), field(line, 'closed')],
    [MISSED_NUMBER, 2, 0, null],
  );
  const told = await counts();
  assert.equal(callBackCountsSchema.strict().parse(told), told);
  assert.equal([field(told, 'callers'), field(told, 'withheld'), field(told, 'mine')], [1, 0, 0]);
});

test('is told under the name of a customer who is registered, also with another number', async () => {
  await tellCustomer(system, 'c-1', 'Acme', [MISSED_NUMBER]);
  const [line, ...more] = await list();
  assert.equal([field(line, 'customer.name'), field(line, 'tries'), more], ['Acme', 2, []]);
});

test('is taken by one, who is named, and by another only when it is given back', async () => {
  await ask('PUT', '/people/anna', admin, { name: 'Anna P.', sub: 'anna' });
  const id = field((await list())[0], 'id');
  const taken = await ask('PUT', `/call-backs/${id}/taken`, anna);
  assert.equal([taken.status, field(taken.json, 'taken.name')], [200, 'Anna P.']);
  assert.is((await ask('PUT', `/call-backs/${id}/taken`, anna)).status, 200);
  assert.is((await ask('PUT', `/call-backs/${id}/taken`, bert)).status, 409);
  assert.is((await ask('DELETE', `/call-backs/${id}/taken`, bert)).status, 409);
  assert.equal([(await list('mine=true')).length, (await list('mine=true', bert)).length], [1, 0]);
  assert.is(field(await counts(), 'mine'), 1);
  assert.is((await ask('DELETE', `/call-backs/${id}/taken`, admin)).status, 200);
  assert.is((await ask('PUT', `/call-backs/${id}/taken`, bert)).status, 200);
  assert.is(field((await list())[0], 'taken.sub'), 'bert');
});

test('has a time and a note, which stay when they call again', async () => {
  const id = field((await list())[0], 'id');
  const plan = await ask('PATCH', `/call-backs/${id}`, anna, { due_at: '2026-12-01T09:00:00+02:00', note: 'offer' });
  assert.equal([field(plan.json, 'due_at'), field(plan.json, 'note.text')], ['2026-12-01T07:00:00.000000Z', 'offer']);
  await tellRecording(system, 'three', 'inbound-missed');
  const [line] = await list();
  assert.equal([field(line, 'tries'), field(line, 'note.text'), field(line, 'taken.sub')], [3, 'offer', 'bert']);
  const less = await ask('PATCH', `/call-backs/${id}`, anna, { due_at: null, note: '' });
  assert.equal([field(less.json, 'due_at'), field(less.json, 'note')], [null, null]);
  assert.is((await ask('PATCH', `/call-backs/${id}`, anna, { due_at: '2026-12-01' })).status, 422);
});

test('is over with a later entry by hand, and says so; another call in vain comes back onto the list', async () => {
  const [line] = await list();
  const id = field(line, 'id');
  await tellCalls(system, [{ customer_id: 'c-1', occurred_at: '2026-11-24T10:00:00.000000Z', duration_seconds: 0 }]);
  assert.equal(await list(), []);
  const [closed] = await list('state=closed');
  assert.equal(
    [field(closed, 'closed.why'), field(closed, 'closed.at'), field(closed, 'closed.entry.source')],
    ['logged', '2026-11-24T10:00:00.000000Z', 'manual'],
  );
  assert.is((await ask('PUT', `/call-backs/${id}/taken`, anna)).status, 404);
});

test('is over when all of it is done, of many at once, and the missed entries say so', async () => {
  await ask('PUT', '/settings', admin, { call_backs_since: '2026-11-01T00:00:00Z' });
  await tellRecording(system, 'vm', 'inbound-voicemail');
  await tellRecording(system, 'gone', 'inbound-abandoned');
  const lines = await list();
  const ids = lines.map((one) => String(field(one, 'id')));
  assert.is(lines.length, 2);
  assert.equal([...ids].sort(), (await list('sort=tries')).map((one) => String(field(one, 'id'))).sort());
  const { json, status } = await ask('POST', '/call-backs/done', anna, { ids });
  assert.equal([status, json], [200, { items: ids.map((id) => ({ id, entries: 1 })) }]);
  assert.equal(await list(), []);
  assert.is(field((await ask('GET', '/comms/counts', anna)).json, 'missed_open'), 3);
  const closed = await list('state=closed');
  assert.equal(closed.filter((one) => field(one, 'closed.why') === 'done').length, 2);
});

test('is not who withheld their number, who is counted beside it', async () => {
  await tellRecording(system, 'hidden', 'inbound-withheld');
  const withheld = Object(field((await ask('GET', '/comms?limit=100', anna)).json, 'items')).find(
    (one: unknown) => field(one, 'pbx') === 'hidden',
  );
  const isMissed = field(withheld, 'outcome') !== 'answered';
  assert.is(field(await counts(), 'withheld'), isMissed ? 1 : 0);
  assert.equal(await list(), []);
});

test('is nobody who called before the list begins', async () => {
  await tellRecording(system, 'late', 'inbound-busy').catch(() => tellRecording(system, 'late', 'inbound-missed'));
  const before = (await list('limit=1')).length;
  await ask('PUT', '/settings', admin, { call_backs_since: '2027-01-01T00:00:00Z' });
  assert.equal([await list(), field(await counts(), 'callers')], [[], 0]);
  await ask('PUT', '/settings', admin, { call_backs_since: null });
  assert.equal(await list(), []);
  await ask('PUT', '/settings', admin, { call_backs_since: '2026-11-01T00:00:00Z' });
  assert.is((await list('limit=1')).length, before);
});

test.run();
