import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { routesOf, startSystem } from './support/system.ts';

const test = suite('the OpenAPI document');
const system = await startSystem();
const token = await system.token('agent');
const document = (await system.ask({ path: '/openapi.json', token })).json;
test.after(system.close);

const operations = Object.entries(Object(field(document, 'paths'))).flatMap(([path, item]) =>
  Object.entries(Object(item)).map(([method, operation]) => ({ path, method, operation })),
);

test('is of version 3.1 and names exactly the routes that are mounted', () => {
  assert.match(String(field(document, 'openapi')), /^3\.1\./);
  const documented = operations.map(({ method, path }) => `${method} ${path}`).sort();
  const mounted = routesOf(system)
    .map(({ method, path }) => `${method} ${path}`)
    .sort();
  assert.equal(documented, mounted);
});

test('names no route that answers 404 or 405, whatever is sent to it', async () => {
  const admin = await system.token('admin');
  for (const { method, path } of operations) {
    const url = path.replace('{id}', 'no-uuid').replace('{file}', 'start.js');
    const verb = /\/live(\/|$)/.test(path) ? 'HEAD' : method.toUpperCase();
    const { status, json } = await system.ask({ method: verb, path: url, token: admin });
    const unmounted = status === 405 || (status === 404 && field(json, 'detail') === 'There is nothing at this path.');
    assert.not(unmounted, `${method} ${path} answers ${status}`);
  }
});

test('refers to nothing that it does not define', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  assert.ok(references.length > 0);
  for (const path of references) assert.ok(field(document, path.replaceAll('/', '.')), path);
});

test('gives every operation an id of its own, a summary, problem details, and who may use it', () => {
  const ids = operations.map(({ operation }) => field(operation, 'operationId'));
  assert.is(new Set(ids).size, operations.length);
  for (const { path, operation } of operations) {
    assert.type(field(operation, 'summary'), 'string', path);
    assert.match(String(field(operation, 'description')), /^Open to all\.$|^Roles: /);
    const problem = field(operation, 'responses.default.content');
    assert.is(field(Object(problem)['application/problem+json'], 'schema.$ref'), '#/components/schemas/Problem');
  }
});

test('says of parameters what the route takes', () => {
  const list = Object(field(document, 'paths'))['/api/crm/comms'];
  const parameters = Object(field(list, 'get.parameters'));
  const byName = Object.fromEntries(parameters.map((parameter: object) => [field(parameter, 'name'), parameter]));
  assert.is(field(byName.limit, 'schema.type'), 'integer');
  assert.is(field(byName.limit, 'schema.maximum'), 100);
  assert.is(field(byName.direction, 'schema.type'), 'array');
  assert.is(field(byName.unassigned, 'schema.type'), 'boolean');
  assert.is(field(byName.direction, 'required'), false);
});

test('is shown as a page from our own files alone', async () => {
  const page = await system.ask({ path: '/docs', token });
  assert.match(page.headers['content-type'] ?? '', /^text\/html/);
  assert.not.match(page.text, /https?:/);
  for (const [file, type] of [
    ['swagger-ui.css', /^text\/css/],
    ['swagger-ui-bundle.js', /javascript/],
    ['start.js', /javascript/],
  ] as const) {
    const answer = await system.ask({ path: `/docs/${file}`, token });
    assert.is(answer.status, 200, file);
    assert.match(answer.headers['content-type'] ?? '', type);
  }
  assert.is((await system.ask({ path: '/docs/package.json', token })).status, 422);
});

test.run();
