import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { streamOf } from '../../../src/domain/events.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { nothing, type Route } from '../../../src/http/kit/route.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { runVersions, UPKEEP } from '../../../src/projections/index.ts';
import { controlDb } from '../../../src/projections/tables/controlDb.ts';
import { poison } from '../../projections/support/events.ts';
import { testLeases } from '../../projections/support/readModel.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { field } from './ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './facts.ts';
import { ODD_IN_HEADERS, ODD_IN_URLS, oddly } from './oddValues.ts';
import { routesOf, startSystem } from './system.ts';

/** Routes that only read, and those that write, each tried in a file of its own. */
export type Kind = 'reads' | 'writes';

/** Tells a suite of what is tried beside the routes. */
export type Beside = {
  readonly route: (path: string) => Route;
  readonly urlOf: (route: Route) => string;
  readonly holds: typeof holds;
  readonly allHold: typeof allHold;
};
const system = await startSystem();
const token = await system.token('admin');
const agent = new Agent({ keepAlive: true });

const AT_ONCE = 8;
const FROM = '2026-11-01T00:00:00Z';
const TO = '2027-11-01T00:00:00Z';
let entry = '';
let manual = '';

async function fill(): Promise<void> {
  for (const id of ['c-1', 'c-2']) await tellCustomer(system, id, `Customer ${id}`, ['6912345678']);
  [manual = ''] = await tellCalls(system, [{}, {}]);
  for (const pbx of ['one', 'two', 'three']) await tellRecording(system, pbx, 'inbound-answered');
  await tellRecording(system, 'four', 'inbound-missed');
  await tellRecording(system, 'five', 'inbound-voicemail');
  await system.ask({ method: 'PUT', path: '/api/crm/settings', token, body: { call_backs_since: FROM } });
  for (const id of ['1795000000.98', '1795000000.99']) {
    const stream = streamOf.call('one', id);
    await system.projector.reach((await system.log.append(stream, [poison(stream).event], 'no_stream')).position);
  }
  const { items } = await system.readModel.list({}, null, 10);
  entry = items.find(({ pbx }) => pbx === 'one')?.id ?? '';
  await buildAnotherVersion();
  const reads = { actor: { sub: 'somebody', role: 'auditor' }, requestId: randomUUID() } as const;
  for (const entry_id of [randomUUID(), randomUUID()]) {
    await system.options.audit.record({ type: 'RawFactsRead', data: { entry_id } }, reads);
  }
}

/** A value of each parameter that a request must have, by its name. */
const usual: Readonly<Record<string, (path: string) => string>> = {
  id: (path) => (path.includes('/customers/') ? 'c-1' : entry),
  note: () => randomUUID(),
  name: () => 'calls_by_day',
  file: () => 'start.js',
  version: () => '2',
  from: () => FROM,
  to: () => TO,
  manual_id: () => manual,
};

/** A body of each route that takes one. */
const bodies: Readonly<Record<string, () => object>> = {
  'post /api/session': () => ({ link: 'unknown' }),
  'post /api/crm/calls': () => ({ number: '6912345678', extension: '101' }),
  'post /api/crm/calls/log': () => ({
    customer_id: 'c-1',
    direction: 'inbound',
    duration_seconds: 1,
    notes: 'none',
    occurred_at: FROM,
  }),
  'put /api/crm/comms/{id}/customer': () => ({ customer: { id: 'c-3', name: 'Third' } }),
  'post /api/crm/comms/done': () => ({ ids: [entry], done: true }),
  'post /api/crm/comms/{id}/notes': () => ({ text: 'a note' }),
  'put /api/crm/comms/{id}/merge': () => ({ manual_id: manual }),
  'patch /api/crm/comms/{id}': () => ({ notes: 'others', occurred_at: FROM, duration_seconds: 3 }),
  'put /api/crm/customers/{id}': () => ({
    name: 'Anna',
    numbers: [{ number: '2101234567', label: 'office', from: FROM, to: TO }],
  }),
  'put /api/crm/people/{id}': () => ({
    name: 'Anna',
    role: 'agent',
    sub: 'anna',
    sees: 'all',
    teams: [],
    lines: [{ extension: '101', pbx: 'pbx', from: FROM, to: TO }],
  }),
  'put /api/crm/teams/{id}': () => ({
    name: 'Sales',
    queues: [{ place: '600', pbx: 'pbx' }],
    dids: [{ place: '210' }],
  }),
  'put /api/crm/place-names': () => ({
    queues: [{ place: '600', name: 'Sales' }],
    dids: [{ place: '210', name: 'Office' }],
  }),
  'patch /api/crm/call-backs/{id}': () => ({ due_at: TO, note: 'a note' }),
  'post /api/crm/call-backs/done': () => ({ ids: [entry] }),
  'put /api/crm/settings': () => ({ note_removal: 'everyone', visibility: { agent: 'all' }, masked_roles: [] }),
  'post /api/admin/parked/retry': () => ({ version: 1, positions: ['1'], after: '0' }),
  'post /api/admin/rebuilds': () => ({ rules: { country: 'GR', extension_patterns: ['XXX'], pbx: { one: {} } } }),
  'post /api/admin/rebuilds/{version}/activate': () => ({ force: true }),
};

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

/** Tries every odd value at every place of the routes of a kind; `beside` adds what is tried besides. */
export function tryOddValues(kind: Kind, title: string, beside: (test: Test, given: Beside) => void): void {
  const test = suite(title, { deadlineMs: 60_000 });
  test.before(fill);
  test.after(async () => {
    agent.destroy();
    await system.close();
  });
  for (const route of routesOf(system).filter(({ method }) => (method === 'get') === (kind === 'reads'))) {
    test(`${nameOf(route)}: whatever stands in its path and its query, it is no fault of ours`, async () => {
      for (const name of Object.keys(route.params.shape)) {
        await allHold(ODD_IN_URLS, (odd) => holds(route, urlOf(route, { [name]: odd })));
      }
      for (const name of [...Object.keys(route.query.shape), 'unknown']) {
        await allHold(ODD_IN_URLS, (odd) => holds(route, urlOf(route, {}, { [name]: odd })));
        await holds(route, `${urlOf(route, {}, { [name]: 'a' })}&${name}=b&${name}[c]=d`);
      }
    });

    for (const name of Object.keys(route.headers?.shape ?? {})) {
      test(`${nameOf(route)}: whatever stands in the header ${name}, it is no fault of ours`, () =>
        allHold(ODD_IN_HEADERS, (odd) => holds(route, urlOf(route), { [name]: odd }, bodyOf(route))));
    }

    if (route.body !== nothing) {
      test(`${nameOf(route)}: whatever stands in its body, it is no fault of ours`, async () => {
        const body = bodies[nameOf(route)];
        if (!body) throw new Error('the table has no body of this route');
        await allHold(oddly(body()), (odd) => holds(route, urlOf(route), {}, odd));
      });
    }

    if ('cursor' in route.query.shape) {
      test(`${nameOf(route)}: whatever stands in a cursor, it is no fault of ours`, async () => {
        const first = await system.ask({ path: urlOf(route, {}, { limit: '1' }), token });
        const cursor = z.string().parse(field(first.json, 'page.next_cursor'), { error: () => first.text });
        const { k, ...rest } = JSON.parse(Buffer.from(cursor, 'base64url').toString());
        await allHold(oddly({ ...rest, k }), (odd) => {
          const forged = Buffer.from(odd).toString('base64url');
          return holds(route, urlOf(route, {}, { limit: '1', cursor: forged }));
        });
      });
    }
  }

  beside(test, { route: routeOf, urlOf, holds, allHold });
  test.run();
}

function routeOf(path: string): Route {
  const route = routesOf(system).find((one) => one.path === path);
  assert.ok(route);
  return route;
}

function urlOf(
  route: Route,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string>> = {},
): string {
  const usualOf = (name: string) => {
    const value = usual[name];
    if (!value) throw new Error(`the table has no usual value of ${name}`);
    return value(route.path);
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? usualOf(name));
  const required = Object.entries(route.query.shape)
    .filter(([, schema]) => !z.safeParse(schema, undefined).success)
    .map(([name]) => [name, usualOf(name)] as const);
  const search = Object.entries({ ...Object.fromEntries(required), ...query }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return search.length === 0 ? path : `${path}?${search.join('&')}`;
}

function bodyOf(route: Route): string | undefined {
  const body = bodies[nameOf(route)];
  return body && JSON.stringify(body());
}

/** Several at once, as each waits for the database. */
async function allHold(odds: Iterable<string>, ask: (odd: string) => Promise<void>): Promise<void> {
  const rest = odds[Symbol.iterator]();
  const work = async () => {
    for (const odd of { [Symbol.iterator]: () => rest }) await ask(odd);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Asks, and leaves once the status is there: some answers never end. */
async function holds(route: Route, path: string, headers: Record<string, string> = {}, body?: string): Promise<void> {
  const asked = request({
    host: '127.0.0.1',
    port: system.port,
    method: route.method.toUpperCase(),
    path,
    agent,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  asked.end(body);
  const [response]: IncomingMessage[] = await once(asked, 'response');
  // of a stream that is left
  asked.on('error', () => {});
  const status = response?.statusCode ?? 0;
  const type = response?.headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) response?.destroy();
  else response?.resume();
  if (status >= 500) {
    const odd = [path, JSON.stringify(headers), body ?? ''].map((part) => part.slice(0, 300));
    assert.unreachable(`${status} for ${route.method} ${odd.join(' ')}`);
  }
}

async function buildAnotherVersion(): Promise<void> {
  const { pool, log, options } = system;
  const leases = testLeases(system.url);
  const stop = new AbortController();
  await system.ask({ method: 'POST', path: '/api/admin/rebuilds', token, body: { rules: defaultRules('DE') } });
  await system.projector.stop();
  const upkeep = leases.want(UPKEEP);
  const { logger } = options;
  const running = runVersions({
    db: controlDb(pool),
    pool,
    leases,
    upkeep,
    log,
    logger,
    clock: systemClock,
    signal: stop.signal,
  });
  const state = async () => field((await system.ask({ path: '/api/admin/rebuilds/2', token })).json, 'state');
  await eventually('another version is built', async () => (await state()) === 'ready');
  stop.abort();
  await running;
  await leases.close();
  system.resumeProjector();
}
