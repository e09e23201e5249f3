import * as assert from 'uvu/assert';
import { personSchema, placeNamesSchema, teamSchema } from '../../src/http/contract/directoryContract.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { listen } from './support/events.ts';
import { tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('the directory');
const system = await startSystem();
const admin = await system.token('admin');
let agent = await system.token('agent', 'agent-7');
test.after(system.close);

const put = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  system.ask({ method: 'PUT', path: `/api/crm${path}`, token: admin, body, headers });
const get = (path: string, token = agent) => system.ask({ path: `/api/crm${path}`, token });
const remove = (path: string) => system.ask({ method: 'DELETE', path: `/api/crm${path}`, token: admin });
const refusal = ({ status, json }: Answer) => [status, field(json, 'code'), field(json, 'errors.0.pointer')];
const entryOf = async (pbx: string): Promise<unknown> =>
  Object(field((await get('/comms?limit=100')).json, 'items')).find((one: unknown) => field(one, 'pbx') === pbx);

test.after.each(async () => {
  for (const kind of ['people', 'teams']) {
    const items = Object(field((await get(`/${kind}`, admin)).json, 'items'));
    for (const one of items) await remove(`/${kind}/${field(one, 'id')}`);
  }
  // what was issued to who was removed does not count any more
  system.clock.advance(2);
  agent = await system.token('agent', 'agent-7');
});

test('has a person with their extensions at once; how they sign in is for admins', async () => {
  const answer = await put('/people/anna', {
    name: 'Anna P.',
    sub: 'agent-7',
    role: 'agent',
    lines: [{ extension: '101' }],
  });
  assert.equal([answer.status, answer.headers.etag], [201, '"anna:0"']);
  const read = (await get('/people/anna')).json;
  assert.equal(personSchema.strict().parse(read), read);
  assert.equal(read, {
    id: 'anna',
    name: 'Anna P.',
    teams: [],
    lines: [{ extension: '101', pbx: null, from: null, to: null }],
    access: null,
  });
  const asAdmin = (await get('/people/anna', admin)).json;
  assert.equal(field(asAdmin, 'access'), {
    role: 'agent',
    sub: 'agent-7',
    sees: null,
    invited_at: null,
    revoked_at: null,
  });
  const same = await put('/people/anna', {
    name: 'Anna P.',
    sub: 'agent-7',
    role: 'agent',
    lines: [{ extension: '101' }],
  });
  assert.equal([same.status, same.headers.etag], [200, '"anna:0"']);
  assert.is((await put('/people/anna', { name: 'Anna' }, { 'if-match': '"anna:7"' })).status, 412);
  assert.is((await get('/people/nobody')).status, 404);
});

test('names who spoke and whose phone rang, by who had the extension at the time of the call', async () => {
  await tellRecording(system, 'athens', 'inbound-answered');
  const occurredAt = String(field(await entryOf('athens'), 'occurred_at'));
  await put('/people/anna', { name: 'Anna P.', lines: [{ extension: '101', to: occurredAt }] });
  assert.equal(field(await entryOf('athens'), 'people'), []);
  await put('/people/bert', { name: 'Bert K.', lines: [{ extension: '101', from: occurredAt }] });
  assert.equal(field(await entryOf('athens'), 'people'), [{ id: 'bert', name: 'Bert K.', extension: '101' }]);
  const id = field(await entryOf('athens'), 'id');
  assert.equal(field((await get(`/comms/${id}`)).json, 'people.0.name'), 'Bert K.');
  // of another phone system
  await put('/people/bert', { name: 'Bert K.', lines: [{ extension: '101', from: occurredAt, pbx: 'patras' }] });
  assert.equal(field(await entryOf('athens'), 'people'), []);
});

test('names who logged a call by hand and who wrote a note', async () => {
  await put('/people/anna', { name: 'Anna P.', sub: 'agent-7' });
  await put('/customers/c-1', { name: 'Acme', numbers: [] });
  const body = { customer_id: 'c-1', direction: 'outbound', duration_seconds: 9, notes: 'called back' };
  const { json } = await system.ask({ method: 'POST', path: '/api/crm/calls/log', token: agent, body });
  assert.equal(field(json, 'people'), [{ id: 'anna', name: 'Anna P.', extension: null }]);
  assert.equal([field(json, 'logged_by'), field(json, 'authors')], ['agent-7', { 'agent-7': 'Anna P.' }]);
});

test('tells who asks who they are, with the extensions that are theirs now, and what they see', async () => {
  const me = async () => {
    const { person, sees, masked } = Object((await system.ask({ path: '/api/me', token: agent })).json);
    return { person, sees, masked };
  };
  assert.equal(await me(), { person: null, sees: 'all', masked: false });
  const lines = [{ extension: '101' }, { extension: '102', to: '2026-01-01T00:00:00Z' }];
  await put('/people/anna', { name: 'Anna P.', sub: 'agent-7', sees: 'team', lines });
  await put('/settings', { masked_roles: ['agent'] });
  const person = { id: 'anna', name: 'Anna P.', extensions: ['101'] };
  assert.equal(await me(), { person, sees: 'team', masked: true });
  await put('/settings', { masked_roles: [] });
});

test('lets nobody have what another one has at that time, and says which field', async () => {
  await put('/people/anna', { name: 'Anna', sub: 'anna', lines: [{ extension: '101', to: '2026-03-01T00:00:00Z' }] });
  const bert = (more: object) => put('/people/bert', { name: 'Bert', ...more });
  assert.equal(refusal(await bert({ sub: 'anna' })), [422, 'VALIDATION_FAILED', '#/sub']);
  assert.equal(refusal(await bert({ lines: [{ extension: '101' }] })), [
    422,
    'VALIDATION_FAILED',
    '#/lines/0/extension',
  ]);
  assert.equal(refusal(await bert({ teams: ['none'] })), [422, 'VALIDATION_FAILED', '#/teams/0']);
  const twice = [{ extension: '102' }, { extension: '102', from: '2026-01-01T00:00:00Z' }];
  assert.equal(refusal(await bert({ lines: twice })), [422, 'VALIDATION_FAILED', '#/lines/1/extension']);
  const wrong = [{ extension: '102', from: '2026-03-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }];
  assert.equal(refusal(await bert({ lines: wrong })), [422, 'VALIDATION_FAILED', '#/lines/0/to']);
  assert.is((await bert({ lines: [{ extension: '101', from: '2026-03-01T00:00:00Z' }] })).status, 201);
  assert.is((await bert({ lines: [{ extension: '101', pbx: 'patras', from: '2026-03-01T00:00:00Z' }] })).status, 200);
});

test('keeps the calls of a person who is removed, and names no one', async () => {
  await tellRecording(system, 'corfu', 'inbound-missed');
  await put('/people/anna', { name: 'Anna', lines: [{ extension: '101', pbx: 'corfu' }] });
  assert.equal(field(await entryOf('corfu'), 'people.0.id'), 'anna');
  assert.is((await remove('/people/anna')).status, 204);
  assert.equal(field(await entryOf('corfu'), 'people'), []);
  assert.is((await remove('/people/anna')).status, 404);
  assert.is((await put('/people/anna', { name: 'Anna' })).status, 201);
});

test('has teams with their queues and numbers, and lets none go that has members', async () => {
  const team = await put('/teams/sales', {
    name: 'Sales',
    queues: [{ place: '600' }],
    dids: [{ place: '2101234567', pbx: 'athens' }],
  });
  assert.equal(teamSchema.strict().parse(team.json), team.json);
  assert.equal([team.status, team.headers.etag], [201, '"sales:0"']);
  assert.equal((await get('/teams')).json, { items: [team.json] });
  await put('/people/anna', { name: 'Anna', teams: ['sales'] });
  assert.equal((await remove('/teams/sales')).status, 409);
  await put('/people/anna', { name: 'Anna' });
  assert.is((await remove('/teams/sales')).status, 204);
});

test('names our own numbers and queues, each once', async () => {
  await tellRecording(system, 'volos', 'inbound-answered');
  const names = { queues: [{ place: '600', name: 'Sales' }], dids: [{ place: '2101234567', name: 'Support line' }] };
  const answer = await put('/place-names', names);
  assert.equal(placeNamesSchema.strict().parse(answer.json), answer.json);
  assert.equal((await get('/place-names')).json, answer.json);
  assert.is(field(await entryOf('volos'), 'did_name'), 'Support line');
  const own = [...names.dids, { place: '2101234567', pbx: 'volos', name: 'Volos' }];
  await put('/place-names', { ...names, dids: own });
  assert.is(field(await entryOf('volos'), 'did_name'), 'Volos');
  assert.equal(refusal(await put('/place-names', { dids: [...own, ...own] })), [
    422,
    'VALIDATION_FAILED',
    '#/dids/2/place',
  ]);
});

test('finds the calls of a person, and of who asks', async () => {
  await tellRecording(system, 'chania', 'inbound-missed');
  await put('/people/anna', { name: 'Anna', lines: [{ extension: '101', pbx: 'chania' }], sub: 'agent-7' });
  const pbxs = async (query: string) =>
    Object(field((await get(`/comms?limit=100&${query}`)).json, 'items')).map((one: unknown) => field(one, 'pbx'));
  for (const who of ['anna', 'me']) {
    const found = await pbxs(`person=${who}`);
    assert.equal([...found].sort(), ['chania', 'manual'], who);
    assert.is(field((await get(`/comms/counts?person=${who}`)).json, 'total'), 2);
    assert.equal(await pbxs(`person=${who}&outcome=missed`), ['chania']);
    assert.equal(await pbxs(`person=${who}&extension=102`), []);
  }
  assert.equal(refusal(await get('/comms?person=nobody')), [422, 'VALIDATION_FAILED', '#/person']);
});

test('is filled by a table, in which one row that is wrong costs itself alone, and which takes nothing away', async () => {
  await put('/teams/sales', { name: 'Sales' });
  await put('/people/bert', {
    name: 'Bert',
    sees: 'team',
    lines: [{ extension: '102', from: '2026-01-01T00:00:00Z' }],
  });
  const table = [
    'id;name;extensions;teams;role;sub',
    'anna;Anna P.;"101, 99101";sales;agent;anna-1',
    'bert;Bert K.;102 103;;;',
    'carla;Carla;101;;;',
    'dora;;104;;;',
    'eva;Eva;105;none;;',
  ].join('\n');
  const send = () =>
    system.ask({
      method: 'POST',
      path: '/api/crm/people/import',
      token: admin,
      body: table,
      headers: { 'content-type': 'text/csv' },
    });
  const { status, json } = await send();
  assert.is(status, 200);
  assert.equal(
    ['registered', 'changed', 'unchanged', 'refused'].map((one) => field(json, one)),
    [1, 1, 0, 3],
  );
  assert.equal(
    Object(field(json, 'problems')).map((one: unknown) => [field(one, 'line'), field(one, 'errors.0.pointer')]),
    [
      [4, '#/lines/0/extension'],
      [5, '#/name'],
      [6, '#/teams/0'],
    ],
  );
  const anna = (await get('/people/anna', admin)).json;
  assert.equal(
    [field(anna, 'lines.1.extension'), field(anna, 'teams'), field(anna, 'access.sub')],
    ['99101', ['sales'], 'anna-1'],
  );
  const bert = (await get('/people/bert', admin)).json;
  assert.equal(
    [field(bert, 'name'), field(bert, 'access.sees'), field(bert, 'lines.0.from'), field(bert, 'lines.1.extension')],
    ['Bert K.', 'team', '2026-01-01T00:00:00.000000Z', '103'],
  );
  const again = (await send()).json;
  assert.equal([field(again, 'unchanged'), field(again, 'refused')], [2, 3]);
});

test('tells who watches to read the list anew when somebody has another name', async () => {
  const feed = await listen(system.port, { path: '/api/crm/comms/live', token: agent });
  await feed.until('the calls in progress', (events) => events.length > 0);
  await put('/people/anna', { name: 'Anna Maria' });
  await feed.until('the reset', (events) => events.some(({ event }) => event === 'reset'));
  feed.close();
});

test.run();
