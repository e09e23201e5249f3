import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, refusalIn, startAgent } from './support.ts';

const test = suite('assigning a call to a customer');
const agent = await startAgent();
const { ask, tellCall, register, said } = agent;
test.after(agent.system.close);
test.before(async () => {
  await register('anna', 'Anna');
  await register('bert', 'Bert');
});

const put = (id: string, body: unknown, headers = {}) => ask('PUT', `/comms/${id}/customer`, body, headers);
const numberOf = (answer: { json: unknown }) => String(field(answer.json, 'external_number'));

test('is seen in the answer and at the entry, by whom it was decided, and moves the ETag', async () => {
  const id = await tellCall('inbound-answered');
  const before = await ask('GET', `/comms/${id}`);
  assert.is(before.headers.etag, `"${id}:-1"`);
  const answer = await put(id, { customer_id: 'anna' });
  assert.is(answer.status, 200, answer.text);
  const { customer_id, match, customer } = entryIn(answer);
  assert.equal([customer_id, match.status, match.rule], ['anna', 'assigned', 'person']);
  assert.equal(customer, { id: 'anna', name: 'Anna' });
  assert.is(answer.headers.etag, `"${id}:0"`);
  const read = await ask('GET', `/comms/${id}`);
  assert.equal([read.json, read.headers.etag], [answer.json, answer.headers.etag]);
});

test('twice writes once', async () => {
  const id = await tellCall('inbound-answered');
  const first = await put(id, { customer_id: 'anna' });
  const again = await put(id, { customer_id: 'anna' });
  assert.equal([again.status, again.json, again.headers.etag], [200, first.json, first.headers.etag]);
  assert.equal(await said(id), ['CallAssigned']);
});

test('with If-Match changes only what was read', async () => {
  const id = await tellCall('inbound-answered');
  const { headers } = await put(id, { customer_id: 'anna' }, { 'if-match': `"${id}:-1"` });
  const stale = await put(id, { customer_id: 'bert' }, { 'if-match': `"${id}:-1"` });
  assert.equal(refusalIn(stale), [412, 'PRECONDITION_FAILED', undefined]);
  assert.is(entryIn(await put(id, { customer_id: 'bert' }, { 'if-match': String(headers.etag) })).customer_id, 'bert');
  assert.equal(await said(id), ['CallAssigned', 'CallAssigned']);
});

test('to a customer that is unknown is refused by the name of the field', async () => {
  const id = await tellCall('inbound-answered');
  assert.equal(refusalIn(await put(id, { customer_id: 'nobody' })), [422, 'VALIDATION_FAILED', '#/customer_id']);
  assert.equal(await said(id), []);
});

test('of an entry that is not there is 404', async () => {
  assert.is((await put('00000000-0000-4000-8000-000000000000', { customer_id: 'anna' })).status, 404);
  assert.is((await put('no-uuid', { customer_id: 'anna' })).status, 422);
});

test('says exactly one customer', async () => {
  const id = await tellCall('inbound-answered');
  const customer = { id: 'c', name: 'C' };
  for (const [body, pointer] of [
    [{}, '#/customer_id'],
    [{ customer_id: 'anna', customer }, '#/customer_id'],
    [{ customer, remember_number: true }, '#/remember_number'],
    [{ customer_id: 'anna', name: 'Anna' }, '#/name'],
  ] as const) {
    assert.equal(refusalIn(await put(id, body)), [422, 'VALIDATION_FAILED', pointer]);
  }
});

test('can be taken back: then the call is nobody’s, whatever a rule would say', async () => {
  const id = await tellCall('inbound-answered');
  await register('holder', 'Holder', numberOf(await ask('GET', `/comms/${id}`)));
  assert.is(entryIn(await ask('GET', `/comms/${id}`)).match.status, 'matched');
  const answer = await ask('DELETE', `/comms/${id}/customer`);
  const { customer_id, match } = entryIn(answer);
  assert.equal([answer.status, customer_id, match.status, match.rule], [200, null, 'unmatched', 'person']);
  assert.is((await ask('DELETE', `/comms/${id}/customer`)).status, 200);
  assert.equal(await said(id), ['CallUnassigned']);
  await agent.system.ask({
    method: 'DELETE',
    path: '/api/crm/customers/holder',
    token: await agent.system.token('admin'),
  });
});

test('to a new customer registers it with the call’s number, and its other calls come along', async () => {
  const [past, named] = [await tellCall('outbound-answered'), await tellCall('outbound-answered')];
  const customer = { id: 'new-1', name: 'Νέα Πελάτισσα' };
  const answer = await put(named, { customer });
  assert.is(answer.status, 200, answer.text);
  assert.equal(entryIn(answer).customer, customer);
  const registered = await ask('GET', '/customers/new-1');
  assert.is(field(registered.json, 'numbers.0.e164'), numberOf(answer));
  const { customer_id, match } = entryIn(await ask('GET', `/comms/${past}`));
  assert.equal([customer_id, match.status, match.rule], ['new-1', 'matched', 'later_owner']);

  const again = await put(named, { customer });
  assert.equal([again.status, again.json], [200, answer.json]);
  assert.is((await ask('GET', '/customers/new-1')).headers.etag, '"new-1:0"');
});

test('to a new customer whose id has another name is refused, and nothing is written', async () => {
  const id = await tellCall('inbound-queue');
  const head = await agent.system.log.head();
  const answer = await put(id, { customer: { id: 'anna', name: 'Not Anna' } });
  assert.equal([answer.status, field(answer.json, 'code')], [409, 'CONFLICT']);
  assert.is(await agent.system.log.head(), head);
});

test('to a known customer gives it the number only when that is asked for', async () => {
  const id = await tellCall('outbound-international');
  await put(id, { customer_id: 'bert' });
  assert.equal(field((await ask('GET', '/customers/bert')).json, 'numbers'), []);
  const answer = await put(id, { customer_id: 'bert', remember_number: true });
  assert.is(field((await ask('GET', '/customers/bert')).json, 'numbers.0.e164'), numberOf(answer));
  const other = await tellCall('outbound-international');
  assert.is(entryIn(await ask('GET', `/comms/${other}`)).customer_id, 'bert');
});

test('of a withheld number remembers none', async () => {
  const id = await tellCall('inbound-withheld');
  const refused = await put(id, { customer_id: 'anna', remember_number: true });
  assert.equal(refusalIn(refused), [422, 'VALIDATION_FAILED', '#/remember_number']);
  assert.is(entryIn(await put(id, { customer: { id: 'new-2', name: 'Shy' } })).customer_id, 'new-2');
  assert.equal(field((await ask('GET', '/customers/new-2')).json, 'numbers'), []);
});

test('of a stale version registers nobody', async () => {
  const id = await tellCall('inbound-answered');
  await put(id, { customer_id: 'anna' });
  const answer = await put(id, { customer: { id: 'new-3', name: 'Late' } }, { 'if-match': `"${id}:-1"` });
  assert.is(answer.status, 412);
  assert.is((await ask('GET', '/customers/new-3')).status, 404);
});

test.run();
