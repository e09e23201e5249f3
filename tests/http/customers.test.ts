import * as assert from 'uvu/assert';
import { customerSchema } from '../../src/http/contract/contract.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { tellCalls, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('customers');
const system = await startSystem();
const agent = await system.token('agent');
const admin = await system.token('admin');
test.after(system.close);

const ANNA = { name: 'Anna', numbers: [{ number: '210 123 4567', label: 'office' }] };
const path = (id: string) => `/api/crm/customers/${id}`;
const put = (id: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  system.ask({ method: 'PUT', path: path(id), token: agent, body, headers });
const get = (id: string) => system.ask({ path: path(id), token: agent });
const remove = (id: string, headers: Record<string, string> = {}) =>
  system.ask({ method: 'DELETE', path: path(id), token: admin, headers });

async function eventsOf(id: string): Promise<string[]> {
  const types: string[] = [];
  for await (const batch of system.log.readStream(`customer-${id}`)) types.push(...batch.map((event) => event.type));
  return types;
}

test('a customer is registered, and is there at once with its numbers understood', async () => {
  const answer = await put('anna', ANNA);
  assert.is(answer.status, 201, answer.text);
  assert.equal(answer.json, { id: 'anna', ...ANNA });
  assert.equal([answer.headers.etag, answer.headers.location], ['"anna:0"', path('anna')]);
  const read = await get('anna');
  assert.equal(customerSchema.strict().parse(read.json), read.json);
  assert.is(read.headers.etag, '"anna:0"');
  assert.equal(field(read.json, 'numbers.0'), {
    number: '210 123 4567',
    e164: '+302101234567',
    label: 'office',
    from: null,
    to: null,
  });
});

test('the same again writes nothing; what was read can be written back', async () => {
  await put('same', ANNA);
  const again = await put('same', { ...ANNA, numbers: [{ ...ANNA.numbers[0], from: null, to: null }] });
  assert.equal([again.status, again.headers.etag], [200, '"same:0"']);
  assert.equal(await eventsOf('same'), ['CustomerRegistered']);
});

test('a change is an event, and the ETag moves with it', async () => {
  await put('bert', ANNA);
  const changed = await put('bert', { ...ANNA, name: 'Bert' });
  assert.equal([changed.status, changed.headers.etag], [200, '"bert:1"']);
  assert.is(field((await get('bert')).json, 'name'), 'Bert');
  assert.equal(await eventsOf('bert'), ['CustomerRegistered', 'CustomerChanged']);
});

test('with If-Match only the version that was read is changed', async () => {
  await put('carla', ANNA);
  const refused = await put('carla', { ...ANNA, name: 'Eva' }, { 'if-match': '"carla:7"' });
  assert.equal([refused.status, field(refused.json, 'code')], [412, 'PRECONDITION_FAILED']);
  assert.is((await put('nobody', ANNA, { 'if-match': '*' })).status, 412);
  assert.is((await put('carla', { ...ANNA, name: 'Carla' }, { 'if-match': '"carla:0"' })).status, 200);
  assert.is((await put('carla', { ...ANNA, name: 'Clara' }, { 'if-match': '"x", "carla:1"' })).status, 200);
  assert.is((await remove('carla', { 'if-match': '"carla:1"' })).status, 412);
  assert.is((await remove('carla', { 'if-match': '"carla:2"' })).status, 204);
});

test('an If-Match that is none of our tags names no version', async () => {
  await put('a:1', ANNA);
  for (const tag of ['', 'a:1:0', 'W/"a:1:0"', '"a:1:00"', '"a:1"', '"a:1:0.0"']) {
    assert.is((await put('a:1', ANNA, { 'if-match': tag })).status, 412, tag);
  }
  assert.is((await put('a:1', ANNA, { 'if-match': '"a:1:0"' })).status, 200);
  assert.is((await put('a:1', ANNA, { 'if-match': '*' })).status, 200);
});

test('of two who change the same version one is told so', async () => {
  await put('dora', ANNA);
  const race = await Promise.all(
    ['one', 'two', 'three'].map((name) => put('dora', { ...ANNA, name }, { 'if-match': '"dora:0"' })),
  );
  assert.equal(race.map((answer) => answer.status).sort(), [200, 412, 412]);
});

test('without If-Match all who change it at once get through, one after the other', async () => {
  await put('emil', ANNA);
  const race = await Promise.all(['one', 'two'].map((name) => put('emil', { ...ANNA, name })));
  assert.equal(
    race.map((answer) => answer.status),
    [200, 200],
  );
  assert.is((await eventsOf('emil')).length, 3);
});

test('a removed customer is gone from customers, keeps its calls, and can be registered again', async () => {
  await put('fred', ANNA);
  await tellCalls(system, [{ customer_id: 'fred', notes: 'kept' }]);
  assert.is((await remove('fred')).status, 204);
  assert.is((await get('fred')).status, 404);
  assert.is((await remove('fred')).status, 404);
  const comms = await system.ask({ path: `${path('fred')}/comms`, token: agent });
  assert.is(field(comms.json, 'items.0.last_note.text'), 'kept');
  const again = await put('fred', ANNA);
  assert.equal([again.status, again.headers.etag], [201, '"fred:2"']);
  assert.is((await get('fred')).status, 200);
});

test('of a customer that never was there are no calls', async () => {
  const answer = await system.ask({ path: `${path('never')}/comms`, token: agent });
  assert.is(answer.status, 404);
});

test('adding a customer links the calls that came before', async () => {
  await tellRecording(system, 'main', 'inbound-answered');
  const list = await system.ask({ path: '/api/crm/comms?unassigned=true', token: agent });
  const number = String(field(list.json, 'items.0.external_number'));
  assert.match(number, /^\+30/);
  await put('caller', { name: 'The caller', numbers: [{ number: number.replace('+30', '0030 ') }] });
  const comms = await system.ask({ path: `${path('caller')}/comms`, token: agent });
  assert.equal(
    [field(comms.json, 'items.0.id'), field(comms.json, 'items.0.match.status'), field(comms.json, 'items.0.customer')],
    [field(list.json, 'items.0.id'), 'matched', { id: 'caller', name: 'The caller' }],
  );
});

test('customers are listed by name in pages, and found by a part of a name or number', async () => {
  for (const [i, name] of ['zeta', 'Beta', 'alpha', 'Gamma', 'delta'].entries()) {
    await put(`greek-${i}`, { name: `Greek ${name}`, numbers: [{ number: `69700000${i}${i}` }] });
  }
  const names: unknown[] = [];
  let next: string | undefined = '/api/crm/customers?q=greek&limit=2';
  while (next !== undefined) {
    const page = await system.ask({ path: next, token: agent });
    assert.is(page.status, 200, page.text);
    names.push(...Object(page.json).items.map((item: unknown) => field(item, 'name')));
    next = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link ?? ''))?.[1];
  }
  assert.equal(names, ['Greek alpha', 'Greek Beta', 'Greek delta', 'Greek Gamma', 'Greek zeta']);
  const byNumber = await system.ask({ path: '/api/crm/customers?q=6970000033', token: agent });
  assert.is(field(byNumber.json, 'items.0.id'), 'greek-3');
});

const REFUSED: [string, object, string][] = [
  ['no name', { numbers: [] }, '#/name'],
  ['an empty name', { name: '', numbers: [] }, '#/name'],
  ['an unknown field of a number', { name: 'A', numbers: [{ number: '1', e164: '+1' }] }, '#/numbers/0/e164'],
  ['an empty number', { name: 'A', numbers: [{ number: '' }] }, '#/numbers/0/number'],
  ['a time without an offset', { name: 'A', numbers: [{ number: '1', from: '2026-01-01' }] }, '#/numbers/0/from'],
  [
    'an end before the begin',
    { name: 'A', numbers: [{ number: '1', from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }] },
    '#/numbers/0/to',
  ],
  ['more than 100 numbers', { name: 'A', numbers: Array.from({ length: 101 }, () => ({ number: '1' })) }, '#/numbers'],
];
for (const [what, body, pointer] of REFUSED) {
  test(`${what} is refused by the name of the field`, async () => {
    const answer = await put('refused', body);
    assert.is(answer.status, 422, answer.text);
    assert.is(field(answer.json, 'errors.0.pointer'), pointer);
    assert.equal(await eventsOf('refused'), []);
  });
}

test('an id that no customer can have is refused', async () => {
  for (const id of ['a%20b', 'x'.repeat(65), '%E2%82%AC']) assert.is((await put(id, ANNA)).status, 422, id);
});

test.run();
