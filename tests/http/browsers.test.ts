import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { startSystem } from './support/system.ts';

const test = suite('what a browser may do');
const system = await startSystem({ corsOrigins: ['https://crm.example'], publicUrl: 'https://calls.example/' });
const token = await system.token('agent');
test.after(system.close);

const livez = (headers: Record<string, string>, port = system) => port.ask({ path: '/livez', headers });

test('only names of this machine and the public one are answered: a rebound name reads nothing', async () => {
  for (const host of [
    'localhost',
    'LOCALHOST:8080',
    '127.0.0.1:9',
    '[::1]:8080',
    'calls.example',
    'calls.example:443',
  ]) {
    assert.is((await livez({ host })).status, 200, host);
  }
  for (const host of ['evil.example', '10.0.0.1', 'localhost.evil.example', 'evil.example:8080', 'a@b']) {
    const answer = await livez({ host });
    assert.is(answer.status, 421, host);
    assert.is(field(answer.json, 'code'), 'HOST_NOT_ALLOWED');
  }
});

test('pages of a listed origin may call the API with a token, and may not bring cookies', async () => {
  const origin = 'https://crm.example';
  const preflight = await system.ask({
    method: 'OPTIONS',
    path: '/api/crm/calls/log',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });
  assert.is(preflight.status, 204);
  assert.is(preflight.headers['access-control-allow-origin'], origin);
  assert.match(preflight.headers['access-control-allow-headers'] ?? '', /Authorization.*Idempotency-Key/);
  const answer = await system.ask({ path: '/api/me', token, headers: { origin } });
  assert.is(answer.headers['access-control-allow-origin'], origin);
  assert.is(answer.headers['access-control-allow-credentials'], undefined);
});

test('pages of other origins may read nothing', async () => {
  for (const origin of ['https://evil.example', 'http://crm.example', 'https://crm.example.evil.example', 'null']) {
    const answer = await system.ask({ path: '/api/me', token, headers: { origin } });
    assert.is(answer.headers['access-control-allow-origin'], undefined, origin);
    assert.match(answer.headers.vary ?? '', /Origin/);
  }
});

test('our pages run our own scripts alone, in no frame, and send no referrer', async () => {
  const { headers } = await livez({});
  const policy = String(headers['content-security-policy']);
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(policy.split(';').includes(part), part);
  }
  assert.is(headers['x-content-type-options'], 'nosniff');
  assert.is(headers['referrer-policy'], 'no-referrer');
  assert.is(headers['x-powered-by'], undefined);
});

test('https is demanded where the public URL has it, and only there', async () => {
  const onHttps = (await livez({})).headers;
  assert.match(onHttps['strict-transport-security'] ?? '', /max-age=\d+/);
  assert.match(String(onHttps['content-security-policy']), /upgrade-insecure-requests/);
  const local = await startSystem();
  try {
    const { headers } = await livez({}, local);
    assert.is(headers['strict-transport-security'], undefined);
    assert.not.match(String(headers['content-security-policy']), /upgrade-insecure-requests/);
  } finally {
    await local.close();
  }
});

test('no answer of the API is kept by a cache, and none is conditional', async () => {
  const answer = await system.ask({ path: '/api/me', token, headers: { 'if-none-match': '*' } });
  assert.is(answer.status, 200);
  assert.is(answer.headers['cache-control'], 'no-store');
  assert.is(answer.headers.etag, undefined);
});

test('the web app’s files are open; its pages are the app itself', async () => {
  for (const path of ['/', '/index.html', '/customers/c-1', '/calls?direction=inbound']) {
    const answer = await system.ask({ path, headers: { accept: 'text/html' } });
    assert.is(answer.status, 200, path);
    assert.match(answer.text, /<title>commslog/);
    assert.is(answer.headers['cache-control'], 'no-cache');
  }
  assert.is((await system.ask({ path: '/missing.js', headers: { accept: '*/*' } })).status, 404);
  assert.is((await system.ask({ path: '/..%2fpackage.json' })).status, 404);
  assert.is((await system.ask({ path: '/api/customers', headers: { accept: 'text/html' } })).status, 401);
});

test('without a web app its pages are said to be missing', async () => {
  const bare = await startSystem({ webDir: '/nowhere' });
  try {
    const answer = await bare.ask({ path: '/', headers: { accept: 'text/html' } });
    assert.equal([answer.status, field(answer.json, 'code')], [404, 'NOT_FOUND']);
  } finally {
    await bare.close();
  }
});

test.run();
