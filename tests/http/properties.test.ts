import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { nothing } from '../../src/http/kit/route.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { routesOf, startSystem } from './support/system.ts';

const test = suite('what a request may say and an answer says');
const system = await startSystem();
const token = await system.token('admin');
const document = (await system.ask({ path: '/openapi.json', token })).json;
test.after(system.close);

let entry = '';
test.before(async () => {
  await tellCustomer(system, 'c-1', 'Anna', ['6912345678']);
  await tellCalls(system, [{ notes: 'a note' }]);
  await tellRecording(system, 'main', 'inbound-answered');
  entry = (await system.readModel.list({}, null, 1)).items[0]?.id ?? '';
  await system.ask({ path: `/api/crm/comms/${entry}/events`, token });
});

const PERIOD = 'from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z';

/** The path of a route with something that there is. */
function pathTo(path: string): string {
  return path
    .replace('{id}', path.includes('/customers/') ? 'c-1' : entry)
    .replace('{note}', randomUUID())
    .replace('{version}', '1')
    .replace('{name}', 'calls_by_day')
    .replace('{file}', 'start.js');
}

test('no route takes a field that it does not name, in its query or in its body', async () => {
  let tried = 0;
  for (const { method, path, body } of routesOf(system)) {
    const refused = async (sent: { readonly query: string; readonly body?: object }) => {
      tried += 1;
      const question = { method: method.toUpperCase(), path: pathTo(path) + sent.query, token, body: sent.body };
      const answer = await system.ask(question);
      const pointers: { pointer: string }[] = Object(field(answer.json, 'errors') ?? []);
      const named = pointers.some(({ pointer }) => pointer === '#/is_admin');
      assert.ok(answer.status === 422 && named, `${method} ${path}: ${answer.status} ${answer.text}`);
    };
    await refused({ query: '?is_admin=true', body: body === nothing ? undefined : {} });
    if (body !== nothing) await refused({ query: '', body: { is_admin: true } });
  }
  assert.ok(tried > 60, `${tried}`);
});

test('no answer says more than the document promises', async () => {
  let seen = 0;
  for (const { method, path, query } of routesOf(system).filter((route) => route.method === 'get')) {
    const content = field(Object(field(document, 'paths'))[path], `${method}.responses.200.content`);
    const json = Object(content)['application/json']?.schema;
    if (json === undefined || path.endsWith('/live')) continue;
    const needsPeriod = 'from' in query.shape && !query.safeParse({}).success;
    const answer = await system.ask({ path: `${pathTo(path)}${needsPeriod ? `?${PERIOD}` : ''}`, token });
    if (answer.status !== 200) continue;
    seen += 1;
    assert.equal(beyond(json, answer.json), [], path);
  }
  assert.ok(seen > 15, `${seen}`);
});

test('what an answer says beyond its schema would be found, however deep', () => {
  const schema = {
    type: 'object',
    properties: {
      items: { type: 'array', items: { anyOf: [{ type: 'null' }, { type: 'object', properties: { a: {} } }] } },
    },
  };
  assert.equal(beyond(schema, { items: [{ a: 1 }, null, { a: 1, secret: 2 }], more: 3 }), ['items.2.secret', 'more']);
});

test.run();

/** Fields of a value that its JSON schema does not name. */
function beyond(schema: unknown, value: unknown, at = ''): string[] {
  const { $ref, anyOf, type, items, properties, additionalProperties } = Object(schema);
  if (typeof $ref === 'string') return beyond(field(document, $ref.slice(2).replaceAll('/', '.')), value, at);
  if (Array.isArray(anyOf)) {
    const all = anyOf.map((one) => beyond(one, value, at));
    return all.reduce((least, one) => (one.length < least.length ? one : least));
  }
  // of such a value the document promises nothing
  if (type === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((one, index) => beyond(items, one, `${at}${index}.`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const own = Object(properties)[key] ?? (additionalProperties || undefined);
    return own === undefined ? [at + key] : beyond(own, one, `${at}${key}.`);
  });
}
