import * as assert from 'uvu/assert';
import { createPool } from '../../src/postgres.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { healthThatSays, startSystem } from './support/system.ts';

const test = suite('problem details');
const system = await startSystem();
const token = await system.token('admin');
test.after(system.close);

const logCall = (body: unknown, headers: Record<string, string> = {}) =>
  system.ask({ method: 'POST', path: '/api/crm/calls/log', token, body, headers });

const cases = [
  { what: 'malformed JSON', ask: () => logCall('{"a":'), status: 400, code: 'BAD_REQUEST' },
  { what: 'JSON that is no object', ask: () => logCall('"text"'), status: 400, code: 'BAD_REQUEST' },
  { what: 'a badly encoded path', path: '/api/crm/customers/%zz', status: 400, code: 'BAD_REQUEST' },
  { what: 'an unknown path of the API', path: '/api/crm/nothing', status: 404, code: 'NOT_FOUND' },
  { what: 'an unknown file', path: '/nothing.js', status: 404, code: 'NOT_FOUND' },
  {
    what: 'a method that a path does not have',
    method: 'DELETE',
    path: '/api/crm/comms',
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
  },
  {
    what: 'a body of more than 100 kB',
    ask: () => logCall({ notes: 'x'.repeat(100_001) }),
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
  },
  {
    what: 'another content type',
    ask: () => logCall('a=b', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    what: 'another charset',
    ask: () => logCall('{}', { 'content-type': 'application/json; charset=koi8-r' }),
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { what: 'an id that is none', path: '/api/crm/comms/1', status: 422, code: 'VALIDATION_FAILED', pointers: ['#/id'] },
  {
    what: 'an unknown parameter of a query',
    path: '/api/crm/comms?limit=5&page=2',
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/page'],
  },
  {
    what: 'too long a page',
    path: '/api/crm/comms?limit=101',
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/limit'],
  },
  {
    what: 'a direction that is none, among others',
    path: '/api/crm/comms?direction=inbound&direction=up',
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/direction/1'],
  },
  {
    what: 'a NUL in a search',
    path: '/api/crm/comms?q=a%00b',
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/q'],
  },
  {
    what: 'a year that no database has',
    path: '/api/crm/comms?from=0000-01-01T00:00:00Z',
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/from'],
  },
  {
    what: 'no body',
    ask: () => logCall(undefined),
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/customer_id', '#/direction', '#/duration_seconds'],
  },
  { what: 'an array for a body', ask: () => logCall([]), status: 422, code: 'VALIDATION_FAILED', pointers: ['#'] },
  {
    what: 'unknown fields, also one named __proto__',
    ask: () => logCall('{"customer_id":"c","direction":"inbound","duration_seconds":1,"__proto__":{"x":1},"a/b~c":1}'),
    status: 422,
    code: 'VALIDATION_FAILED',
    pointers: ['#/__proto__', '#/a~1b~0c'],
  },
] as const;

for (const one of cases) {
  test(`${one.what}: ${one.status} ${one.code}, as problem details`, async () => {
    const answer =
      'ask' in one
        ? await one.ask()
        : await system.ask({ method: 'method' in one ? one.method : 'GET', path: one.path, token });
    assert.is(answer.status, one.status, answer.text);
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    const { type, status, code, request_id } = Object(answer.json);
    assert.equal(
      { type, status, code, request_id },
      { type: 'about:blank', status: one.status, code: one.code, request_id: answer.headers['x-request-id'] },
    );
    assert.not.match(answer.text, /node_modules|at .*\.ts|stack/i);
    if ('pointers' in one) {
      const errors = Object(answer.json).errors;
      assert.equal(
        Array.isArray(errors) && errors.map((error) => field(error, 'pointer')).sort(),
        [...one.pointers].sort(),
      );
    }
  });
}

test('a path that takes other methods says which', async () => {
  const answer = await system.ask({ method: 'PATCH', path: '/api/crm/customers/c-1', token });
  assert.is(answer.headers.allow, 'GET, PUT, DELETE');
});

test('what fails unforeseen is told without any detail, and logged with its place but not its message', async () => {
  const broken = await startSystem({
    health: healthThatSays({
      report: () => {
        throw new Error('the secret value 6912345678');
      },
    }),
  });
  try {
    const answer = await broken.ask({ path: '/readyz', token: await broken.token('agent') });
    assert.is(answer.status, 500);
    assert.is(field(answer.json, 'code'), 'INTERNAL');
    assert.not.match(answer.text, /6912345678/);
    const log = broken.logged.join('');
    assert.not.match(log, /6912345678/);
    assert.match(log, /problems\.test\.ts/);
  } finally {
    await broken.close();
  }
});

test('a caller’s own request id is kept if it is a plausible one, else one is made', async () => {
  const given = async (id: string) =>
    (await system.ask({ path: '/livez', headers: { 'x-request-id': id } })).headers['x-request-id'];
  assert.is(await given('trace-0123_ABC'), 'trace-0123_ABC');
  for (const bad of ['short', 'x'.repeat(65), 'with spaces in', '"quoted-id"']) {
    const made = await given(bad);
    assert.is.not(made, bad);
    assert.match(String(made), /^[\w-]{36}$/);
  }
});

test('while the database is away the answer is 503, with when to try again', async () => {
  const pool = createPool('postgres://nobody@127.0.0.1:1/nothing');
  const away = await startSystem({ pool });
  try {
    const answer = await away.ask({ path: '/api/me', headers: { cookie: 'commslog_session=some' } });
    assert.is(answer.status, 503);
    assert.is(field(answer.json, 'code'), 'DATABASE_UNAVAILABLE');
    assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
  } finally {
    await away.close();
    await pool.end();
  }
});

test.run();
