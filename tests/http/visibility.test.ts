import * as assert from 'uvu/assert';
import type { Role } from '../../src/domain/events.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { listen } from './support/events.ts';
import { tellCustomer, tellRecording } from './support/facts.ts';
import { routesOf, startSystem } from './support/system.ts';

const test = suite('who sees only some calls');
const system = await startSystem();
const admin = await system.token('admin');
test.after(system.close);

const ALIAS = '00000000-0000-4000-8000-0000000000aa';
/** What stands in an answer only if Bert's call, or his customer, is told of. */
const NUMBER_OF_BERT = '306912341111';
const CUSTOMER_OF_BERT = 'Berts customer';

const put = (path: string, body: unknown, token = admin): Promise<Answer> =>
  system.ask({ method: 'PUT', path: `/api/crm${path}`, token, body });
const get = (path: string, token: string) => system.ask({ path, token });
const items = async (path: string, token: string): Promise<unknown[]> =>
  Object(field((await get(path, token)).json, 'items'));
const pbxs = async (token: string, query = '') =>
  (await items(`/api/crm/comms?limit=100${query}`, token)).map((one) => field(one, 'pbx')).sort();

let entries: Readonly<Record<string, string>> = {};
let asAnna: Readonly<Record<Role, string>> = { agent: '', auditor: '', admin: '' };
let asBert = '';

test.before(async () => {
  await tellRecording(system, 'anna', 'inbound-answered');
  await tellRecording(system, 'bert', 'inbound-queue');
  await tellRecording(system, 'sales', 'inbound-missed');
  await tellCustomer(system, 'c-anna', 'Annas customer', ['+306912345678']);
  await tellCustomer(system, 'c-bert', CUSTOMER_OF_BERT, [`+${NUMBER_OF_BERT}`]);
  await tellCustomer(system, 'c-none', 'Nobodys customer', ['+302109999999']);
  await put('/teams/sales', { name: 'Sales', dids: [{ place: '2101234567', pbx: 'sales' }] });
  await put('/teams/support', { name: 'Support' });
  await put('/people/anna', {
    name: 'Anna',
    sub: 'anna',
    teams: ['sales'],
    lines: [{ extension: '101', pbx: 'anna' }],
  });
  await put('/people/bert', {
    name: 'Bert',
    sub: 'bert',
    teams: ['support'],
    lines: [{ extension: '103', pbx: 'bert' }],
  });
  entries = Object.fromEntries(
    (await items('/api/crm/comms', admin)).map((one) => [String(field(one, 'pbx')), String(field(one, 'id'))]),
  );
  asAnna = {
    agent: await system.token('agent', 'anna'),
    auditor: await system.token('auditor', 'anna'),
    admin: await system.token('admin', 'anna'),
  };
  asBert = await system.token('agent', 'bert');
  await put('/settings', { visibility: { agent: 'own', auditor: 'own' } });
});

test('sees their own calls, a team also those of its members and what is missed at its numbers, an admin all', async () => {
  assert.equal(
    [await pbxs(asAnna.agent), await pbxs(asBert), await pbxs(asAnna.admin)],
    [['anna'], ['bert'], ['anna', 'bert', 'sales']],
  );
  await put('/settings', { visibility: { agent: 'team' } });
  assert.equal([await pbxs(asAnna.agent), await pbxs(asBert)], [['anna', 'sales'], ['bert']]);
  await put('/people/bert', {
    name: 'Bert',
    sub: 'bert',
    teams: ['sales'],
    lines: [{ extension: '103', pbx: 'bert' }],
  });
  assert.equal(await pbxs(asBert), ['anna', 'bert', 'sales']);
  await put('/people/bert', {
    name: 'Bert',
    sub: 'bert',
    teams: ['support'],
    lines: [{ extension: '103', pbx: 'bert' }],
  });
  await put('/people/anna', { name: 'Anna', sub: 'anna', sees: 'all', lines: [{ extension: '101', pbx: 'anna' }] });
  assert.equal(await pbxs(asAnna.agent), ['anna', 'bert', 'sales']);
  await put('/people/anna', {
    name: 'Anna',
    sub: 'anna',
    teams: ['sales'],
    lines: [{ extension: '101', pbx: 'anna' }],
  });
  await put('/settings', { visibility: { agent: 'own', auditor: 'own' } });
});

test('sees what they logged themselves, whoever they are', async () => {
  const nobody = await system.token('agent', 'nobody');
  assert.equal(await pbxs(nobody), []);
  const body = { customer_id: 'c-none', direction: 'outbound', duration_seconds: 3 };
  const { json } = await system.ask({ method: 'POST', path: '/api/crm/calls/log', token: nobody, body });
  assert.equal([await pbxs(nobody), await pbxs(asBert)], [['manual'], ['bert']]);
  assert.is((await get(`/api/crm/comms/${field(json, 'id')}`, asBert)).status, 404);
});

/** What every route that reads tells Anna, who sees her own calls, of Bert's; a new route has to say so here. */
const OF_BERT = {
  'GET /livez': 'nothing of calls',
  'GET /api/session': 'nothing of calls',
  'GET /readyz': 'nothing of calls',
  'GET /metrics': 'nothing of calls',
  'GET /docs': 'nothing of calls',
  'GET /docs/{file}': 'nothing of calls',
  'GET /openapi.json': 'nothing of calls',
  'GET /api/me': 'nothing of calls',
  'GET /api/crm/comms': 'her own',
  'GET /api/crm/comms/counts': 'her own',
  'GET /api/crm/comms/live': 'a test of its own',
  'GET /api/crm/comms/{id}': 'not there',
  'GET /api/crm/comms/{id}/events': 'not there',
  'GET /api/crm/comms/{id}/transcript': 'not there',
  'GET /api/crm/calls/current': 'her own',
  'GET /api/crm/calls/current/{id}': 'not there',
  'GET /api/crm/live/mine': 'a test of its own',
  'GET /api/crm/calls/{id}': 'not there',
  'GET /api/crm/customers': 'her own',
  'GET /api/crm/customers/{id}': 'not there',
  'GET /api/crm/customers/{id}/comms': 'not there',
  'GET /api/crm/places': 'nothing of calls',
  'GET /api/crm/call-backs': 'her own',
  'GET /api/crm/call-backs/counts': 'her own',
  'GET /api/crm/people': 'nothing of calls',
  'GET /api/crm/people/{id}': 'nothing of calls',
  'GET /api/crm/teams': 'nothing of calls',
  'GET /api/crm/place-names': 'nothing of calls',
  'GET /api/crm/settings': 'nothing of calls',
  'GET /api/crm/reports/{name}': 'refused',
  'GET /api/crm/export': 'her own',
  'GET /api/admin/pbx': 'nothing of calls',
  'GET /api/admin/servers': 'nothing of calls',
  'GET /api/admin/rules': 'nothing of calls',
  'GET /api/admin/rules/unknown': 'nothing of calls',
  'GET /api/admin/parked': 'nothing of calls',
  'GET /api/admin/audit': 'refused',
  'GET /api/admin/coverage': 'refused',
  'GET /api/admin/reconcile': 'her own',
} as const;

const QUERIES: Readonly<Record<string, string>> = {
  'GET /api/crm/reports/{name}': '?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&tz=UTC',
  'GET /api/admin/reconcile': '?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z',
};

test('is told nothing of others by any route that reads', async () => {
  const reading = routesOf(system).filter(({ method, access }) => {
    return method === 'get' && (access === 'open' || access.some((role) => role !== 'admin'));
  });
  assert.equal(reading.map(({ path }) => `GET ${path}`).sort(), Object.keys(OF_BERT).sort());
  for (const { path, access } of reading) {
    const route = `GET ${path}` as keyof typeof OF_BERT;
    const told = OF_BERT[route];
    if (told === 'a test of its own') continue;
    const id = path.includes('/customers/') ? 'c-bert' : path.includes('/people/') ? 'bert' : entries.bert;
    const url = path
      .replace('{id}', id ?? '')
      .replace('{name}', 'summary')
      .replace('{file}', 'start.js');
    const role: Role = access === 'open' || access.includes('agent') ? 'agent' : 'auditor';
    const { status, text } = await get(`${url}${QUERIES[route] ?? ''}`, asAnna[role]);
    const expected = { 'not there': 404, refused: 403, 'her own': 200, 'nothing of calls': status }[told];
    assert.is(status, expected, `${route}: ${status}`);
    for (const mark of [NUMBER_OF_BERT, CUSTOMER_OF_BERT]) {
      assert.not.ok(text.includes(mark), `${route} tells ${mark}`);
    }
    if (path !== '/api/crm/people/{id}') assert.not.ok(text.includes(`${entries.bert}`), `${route} tells the entry`);
  }
});

test('finds none of others by any filter, also of an id that leads to them', async () => {
  for (const query of ['&person=bert', '&extension=103', '&customer_id=c-bert', `&q=${NUMBER_OF_BERT}`, '&q=Berts']) {
    assert.equal(await pbxs(asAnna.agent, query), [], query);
    assert.is(field((await get(`/api/crm/comms/counts?${query.slice(1)}`, asAnna.agent)).json, 'total'), 0, query);
  }
  assert.equal(await pbxs(asAnna.agent, '&q=Annas'), ['anna']);
  await system.pool.query('insert into read_v1.call_alias (id, current_id) values ($1, $2)', [ALIAS, entries.bert]);
  assert.is((await get(`/api/crm/comms/${ALIAS}`, asAnna.agent)).status, 404);
  assert.is((await get(`/api/crm/comms/${ALIAS}`, asBert)).status, 308);
});

test('calls back whom they see', async () => {
  await put('/settings', { visibility: { agent: 'team' }, call_backs_since: '2026-11-01T00:00:00Z' });
  const callers = async (token: string) => (await items('/api/crm/call-backs', token)).map((one) => field(one, 'pbx'));
  assert.equal([await callers(asAnna.agent), await callers(asBert)], [['sales'], []]);
  const { json } = await get('/api/crm/call-backs/counts', asBert);
  assert.is(field(json, 'callers'), 0);
  const taken = await put(`/call-backs/${entries.sales}/taken`, undefined, asBert);
  assert.is(taken.status, 404);
  const done = await system.ask({
    method: 'POST',
    path: '/api/crm/call-backs/done',
    token: asBert,
    body: { ids: [entries.sales] },
  });
  assert.equal(field(done.json, 'items.0.entries'), 0);
  await put('/settings', { visibility: { agent: 'own', auditor: 'own' } });
});

test('changes nothing of others', async () => {
  const { bert } = entries;
  for (const [method, path, body] of [
    ['PUT', `/comms/${bert}/done`, undefined],
    ['PUT', `/comms/${bert}/customer`, { customer_id: 'c-anna' }],
    ['DELETE', `/comms/${bert}/customer`, undefined],
    ['POST', `/comms/${bert}/notes`, { text: 'seen' }],
    ['PATCH', `/comms/${bert}`, { duration_seconds: 3 }],
    ['POST', '/calls', { entry_id: bert }],
    ['POST', '/calls', { customer_id: 'c-bert', number_index: 0 }],
  ] as const) {
    const answer = await system.ask({ method, path: `/api/crm${path}`, token: asAnna.agent, body });
    assert.is(answer.status, 404, `${method} ${path}`);
  }
  const bulk = await system.ask({
    method: 'POST',
    path: '/api/crm/comms/done',
    token: asAnna.agent,
    body: { ids: [bert], done: true },
  });
  assert.is(field(bulk.json, 'items.0.result'), 'not_found');
});

test('follows what they see: of others only that an id is none of theirs', async () => {
  const feed = await listen(system.port, { path: '/api/crm/comms/live', token: asAnna.agent });
  await feed.until('the calls in progress', (events) => events.length > 0);
  const note = (id: string | undefined) =>
    system.ask({ method: 'POST', path: `/api/crm/comms/${id}/notes`, token: admin, body: { text: 'a note' } });
  await note(entries.bert);
  await note(entries.anna);
  await feed.until('her own', (events) => events.some(({ event }) => event === 'upsert'));
  feed.close();
  assert.equal(
    feed.events
      .filter(({ event }) => event !== 'current')
      .map(({ event, data }) => [event, field(data, 'id') ?? field(data, 'entry.id')]),
    [
      ['removed', entries.bert],
      ['upsert', entries.anna],
    ],
  );
});

test('is shown numbers in part where the settings say so, and exports and finds no more', async () => {
  await put('/settings', { visibility: { agent: 'all', auditor: 'all' }, masked_roles: ['agent', 'auditor'] });
  const { anna } = entries;
  for (const path of [
    '/api/crm/comms',
    `/api/crm/comms/${anna}`,
    '/api/crm/customers',
    '/api/crm/customers/c-anna',
    '/api/crm/customers/c-anna/comms',
    '/api/crm/export?format=csv',
    '/api/crm/export?format=ndjson',
    `/api/crm/comms/${anna}?as_of=2030-01-01T00:00:00Z`,
  ]) {
    const role = path.includes('export') || path.includes('as_of') ? 'auditor' : 'agent';
    const { status, text } = await get(path, asAnna[role]);
    assert.is(status, 200, path);
    assert.not.ok(/6912345678|6912341111/.test(text), `${path} shows a number`);
    assert.ok(text.includes('+30 691 *** **78'), `${path} shows none of it`);
  }
  for (const path of [
    `/api/crm/comms/${anna}/events`,
    '/api/admin/reconcile?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z',
  ]) {
    assert.is((await get(path, asAnna.auditor)).status, 403, path);
  }
  for (const [q, status, found] of [
    ['691234', 422, []],
    ['annas 5678', 422, []],
    ['6912345678', 200, ['anna']],
    ['Annas', 200, ['anna']],
  ] as const) {
    const answer = await get(`/api/crm/comms?q=${encodeURIComponent(q)}`, asAnna.agent);
    assert.is(answer.status, status, q);
    if (status === 200) assert.equal(await pbxs(asAnna.agent, `&q=${q}`), found, q);
    assert.is((await get(`/api/crm/customers?q=${encodeURIComponent(q)}`, asAnna.agent)).status, status, q);
  }
  assert.ok((await get('/api/crm/comms', admin)).text.includes('+306912345678'));
  await put('/settings', { visibility: { agent: 'all', auditor: 'all' }, masked_roles: [] });
});

test.run();
