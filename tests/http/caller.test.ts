import * as assert from 'uvu/assert';
import { callerSchema } from '../../src/http/contract/callerContract.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { listen, type ServerEvent } from './support/events.ts';
import { tellBeginning, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('who is calling me');
const system = await startSystem();
const admin = await system.token('admin');
const anna = await system.token('agent', 'anna');
const bert = await system.token('agent', 'bert');
test.after(system.close);

const ask = (method: string, path: string, token: string, body?: unknown) =>
  system.ask({ method, path: `/api/crm${path}`, token, body });
const calls = (events: readonly ServerEvent[]): unknown[] =>
  events.filter(({ event }) => event === 'current').flatMap(({ data }) => Object(field(data, 'calls')));

test.before(async () => {
  await ask('PUT', '/people/anna', admin, { name: 'Anna', sub: 'anna', lines: [{ extension: '101' }] });
  await ask('PUT', '/people/bert', admin, { name: 'Bert', sub: 'bert', lines: [{ extension: '102' }] });
  await ask('PUT', '/settings', admin, { call_backs_since: '2026-11-01T00:00:00Z' });
});

test('is told to whose phone rings, and to nobody else', async () => {
  const feeds = await Promise.all(
    [anna, bert].map((token) => listen(system.port, { path: '/api/crm/live/mine', token })),
  );
  const [mine, theirs] = feeds;
  if (mine === undefined || theirs === undefined) throw new Error('two feeds were opened');
  for (const feed of feeds) await feed.until('the calls in progress', (events) => events.length > 0);
  const { finish } = await tellBeginning(system, 'one', 'inbound-answered');
  await mine.until('the call', (events) => calls(events).length > 0);
  await finish();
  await mine.until('the entry', (events) => events.some(({ event }) => event === 'upsert'));
  await theirs.until('that something is no entry of theirs', (events) =>
    events.some(({ event }) => event === 'removed'),
  );
  assert.equal([calls(theirs.events), theirs.events.filter(({ event }) => event === 'upsert')], [[], []]);
  for (const feed of feeds) feed.close();
});

test('is known with the customer, how often they called in vain, the last calls and the last note', async () => {
  await tellRecording(system, 'before', 'inbound-missed');
  await tellCustomer(system, 'c-1', 'Acme', ['+306955501234']);
  const [missed] = Object(field((await ask('GET', '/comms?customer_id=c-1', anna)).json, 'items'));
  await ask('POST', `/comms/${field(missed, 'id')}/notes`, anna, { text: 'asked for an offer' });
  const { finish } = await tellBeginning(system, 'again', 'inbound-missed');
  const [call] = Object(field((await ask('GET', '/calls/current', anna)).json, 'items'));
  const { status, json } = await ask('GET', `/calls/current/${field(call, 'id')}`, anna);
  assert.is(status, 200);
  assert.equal(callerSchema.strict().parse(json), json);
  assert.equal(
    [field(json, 'customer.name'), field(json, 'open_misses'), field(json, 'last_note.text')],
    ['Acme', 1, 'asked for an offer'],
  );
  assert.equal(field(json, 'last_calls.0.id'), field(missed, 'id'));
  await finish();
  assert.is((await ask('GET', `/calls/current/${field(call, 'id')}`, anna)).status, 404);
});

test('is known by the number alone where nobody knows whose it is', async () => {
  await tellRecording(system, 'first', 'inbound-voicemail');
  const { finish } = await tellBeginning(system, 'second', 'inbound-voicemail');
  const [call] = Object(field((await ask('GET', '/calls/current', anna)).json, 'items'));
  const { json } = await ask('GET', `/calls/current/${field(call, 'id')}`, anna);
  assert.equal([field(json, 'customer'), field(json, 'open_misses')], [null, 1]);
  assert.is(Object(field(json, 'last_calls')).length, 1);
  await finish();
});

test.run();
