import * as assert from 'uvu/assert';
import { createSignInLink } from '../../src/http/index.ts';
import { RATE_LIMITS } from '../../src/http/kit/rateLimit.ts';
import { createReadModel } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { type Answer, ask, field, type Question } from './support/ask.ts';
import { listen } from './support/events.ts';
import { tellCalls, tellCustomer } from './support/facts.ts';
import { forEveryRole } from './support/forEveryRole.ts';
import { httpOf } from './support/httpOf.ts';
import { startSystem } from './support/system.ts';

const test = suite('two servers on one database, only one of which projects');
const one = await startSystem();
const readModel = createReadModel({ pool: one.pool, url: one.url, logger: one.options.logger });
const http = httpOf({ ...one.options, readModel });
const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
const ports = [one.port, port] as const;
test.after(async () => {
  await http.close();
  await readModel.close();
  await one.close();
});

const both = (question: Question) => Promise.all(ports.map((each) => ask(each, question)));
const LIST = '/api/crm/comms';

const logCall = (token: string, key: string): Question => ({
  method: 'POST',
  path: '/api/crm/calls/log',
  token,
  headers: { 'idempotency-key': key },
  body: { customer_id: 'c-1', direction: 'inbound', duration_seconds: 9, occurred_at: '2026-11-20T10:00:00Z' },
});

test('a link of one signs in once, at either, and the session counts at both', async () => {
  const baseUrl = `http://127.0.0.1:${one.port}`;
  const link = await createSignInLink(one.pool, { sub: 'anna', role: 'agent', baseUrl, now: one.clock.now() });
  const body = { link: new URL(link).hash.replace('#link=', '') };
  const answers = await both({ method: 'POST', path: '/api/session', body });
  assert.equal(answers.map(({ status }) => status).sort(), [204, 401]);
  const signedIn = answers.find(({ status }) => status === 204);
  const cookie = String(signedIn?.headers['set-cookie']).split(';', 1)[0] ?? '';
  const signedInAt = async () => (await both({ path: '/api/me', headers: { cookie } })).map(({ status }) => status);
  assert.equal(await signedInAt(), [200, 200]);
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  assert.is((await ask(port, { method: 'DELETE', path: '/api/session', headers })).status, 204);
  assert.equal(await signedInAt(), [401, 401]);
});

test('a call that is logged at both with one key is one call, and the act is seen at the server that does not project', async () => {
  await tellCustomer(one, 'c-1', 'Anna');
  const token = await one.token('agent', 'logger');
  const answers = await both(logCall(token, 'the-same'));
  const ids = answers.map(({ json }: Answer) => field(json, 'entry.id') ?? field(json, 'id'));
  assert.ok(answers.every(({ status }) => status === 201 || status === 200));
  assert.is(ids[0], ids[1]);
  assert.type(ids[0], 'string');
  const lists = await both({ path: `${LIST}?customer_id=c-1`, token });
  for (const { json } of lists) assert.equal(Object(field(json, 'items')).length, 1);
  const repeated = await ask(port, logCall(token, 'the-same'));
  assert.is(field(repeated.json, 'entry.id') ?? field(repeated.json, 'id'), ids[0]);
});

test('a live feed that one server ended goes on at the other, without a call lost or told twice', async () => {
  const token = await one.token('agent');
  const at = async (where: number, headers: Record<string, string>) => {
    const feed = await listen(where, { path: `${LIST}/live`, token, headers });
    await feed.until('the calls in progress', (events) => events.some(({ event }) => event === 'current'));
    return feed;
  };
  const upserts = (events: readonly { event: string; data: unknown }[]) =>
    events.filter(({ event }) => event === 'upsert').map(({ data }) => field(data, 'entry.id'));
  const first = await at(one.port, {});
  const [seen] = await tellCalls(one, [{}]);
  await first.until('the first call', (events) => upserts(events).length === 1);
  first.close();
  const missed = await tellCalls(one, [{}, {}]);
  const second = await at(port, { 'last-event-id': first.lastEventId() });
  const [later] = await tellCalls(one, [{}]);
  await second.until('all calls', (events) => upserts(events).length >= 3);
  assert.equal(upserts(first.events), [seen]);
  assert.equal(upserts(second.events), [...missed, later]);
  assert.not(second.events.some(({ event }) => event === 'reset'));
  second.close();
});

test('a proxy on another machine is believed only when it is named', async () => {
  const limited = { rateLimits: { ...RATE_LIMITS, usual: forEveryRole(100), signIn: 2 } };
  const [believing, not] = [
    httpOf({ ...one.options, ...limited, trustProxy: ['loopback', '192.0.2.0/24'] }),
    httpOf({ ...one.options, ...limited }),
  ];
  const signIns = async (server: typeof believing) => {
    const { port: where } = await server.listen({ host: '127.0.0.1', port: 0 });
    const statuses: number[] = [];
    for (const who of ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4']) {
      const headers = { 'x-forwarded-for': `${who}, 192.0.2.7` };
      statuses.push((await ask(where, { method: 'POST', path: '/api/session', body: { link: 'x' }, headers })).status);
    }
    await server.close();
    return statuses;
  };
  assert.equal(await signIns(believing), [401, 401, 401, 401]);
  assert.equal(await signIns(not), [401, 401, 429, 429]);
});

test.run();
