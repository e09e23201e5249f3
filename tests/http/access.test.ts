import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { type Answer, ask, field } from './support/ask.ts';
import { listen } from './support/events.ts';
import { httpOf } from './support/httpOf.ts';
import { startSystem } from './support/system.ts';

const test = suite('how people of the directory sign in, and how that ends');
const system = await startSystem();
const other = httpOf(system.options);
const { port: otherPort } = await other.listen({ host: '127.0.0.1', port: 0 });
const admin = await system.token('admin');
test.after(async () => {
  await other.close();
  await system.close();
});

const HOUR = 3600;
const put = (id: string, body: object) =>
  system.ask({ method: 'PUT', path: `/api/crm/people/${id}`, token: admin, body: { name: 'Anna P.', ...body } });
const invite = (id: string) => system.ask({ method: 'POST', path: `/api/crm/people/${id}/invitation`, token: admin });
const accessOf = async (id: string) =>
  field((await system.ask({ path: `/api/crm/people/${id}`, token: admin })).json, 'access');
const secretOf = ({ json }: Answer) => new URL(String(field(json, 'link'))).hash.replace('#link=', '');
const signIn = (link: string) => system.ask({ method: 'POST', path: '/api/session', body: { link } });
const cookieOf = (answer: Answer) => String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
const me = (cookie: string) => system.ask({ path: '/api/me', headers: { cookie } });

test('a link signs the person in, once, in their role; who had no subject is given one', async () => {
  await put('anna', { role: 'auditor' });
  const answer = await invite('anna');
  assert.is(answer.status, 201);
  assert.match(String(field(answer.json, 'link')), /^http:\/\/127\.0\.0\.1:\d+\/#link=[\w-]{43}$/);
  const cookie = cookieOf(await signIn(secretOf(answer)));
  assert.is((await signIn(secretOf(answer))).status, 401);
  const { json } = await me(cookie);
  const { role, person } = Object(json);
  assert.equal([role, person], ['auditor', { id: 'anna', name: 'Anna P.', extensions: [] }]);
  const { sub, invited_at } = Object(await accessOf('anna'));
  assert.match(sub, /^[\da-f-]{36}$/);
  assert.is.not(invited_at, null);
  // and keeps it
  assert.is(field(await accessOf('anna'), 'sub'), sub);
  assert.is(field((await system.ask({ path: '/api/crm/people/nobody', token: admin })).json, 'code'), 'NOT_FOUND');
  assert.is((await invite('nobody')).status, 404);
});

test('an invitation is good for 72 hours', async () => {
  await put('bert', {});
  const [early, late] = [await invite('bert'), await invite('bert')];
  const expires = Date.parse(String(field(late.json, 'expires_at'))) * 1_000;
  assert.ok(Math.abs(expires - system.clock.now() - 72 * HOUR * 1e6) < 60e6);
  system.clock.advance(72 * HOUR - 60);
  const token = await system.token('admin');
  assert.is((await signIn(secretOf(early))).status, 204);
  system.clock.advance(120);
  assert.is((await signIn(secretOf(late))).status, 401);
  assert.is((await system.ask({ path: '/api/me', token })).status, 200);
});

test('off this machine a link needs https, in words', async () => {
  const plain = await startSystem({ publicUrl: 'http://calls.example' });
  try {
    const token = await plain.token('admin');
    await plain.ask({ method: 'PUT', path: '/api/crm/people/anna', token, body: { name: 'Anna' } });
    const { status, json } = await plain.ask({ method: 'POST', path: '/api/crm/people/anna/invitation', token });
    assert.equal([status, field(json, 'code')], [409, 'CONFLICT']);
    assert.match(String(field(json, 'detail')), /PUBLIC_URL that begins with https/);
  } finally {
    await plain.close();
  }
});

test('revoking ends sessions, links, tokens and live feeds at every server at once; a later invitation works again', async () => {
  const token = await system.token('admin');
  const asAdmin = (method: 'POST' | 'DELETE' | 'PUT', path: string, body?: object) =>
    system.ask({ method, path: `/api/crm/people/anna${path}`, token, body });
  await asAdmin('PUT', '', { name: 'Anna P.', sub: 'anna', role: 'agent' });
  const bearer = await system.token('agent', 'anna');
  const [used, unused] = [await asAdmin('POST', '/invitation'), await asAdmin('POST', '/invitation')];
  const cookie = cookieOf(await signIn(secretOf(used)));
  const feeds = [
    await listen(system.port, { path: '/api/crm/comms/live', token: bearer }),
    await listen(otherPort, { path: '/api/crm/comms/live', token: bearer }),
  ];
  for (const feed of feeds) await feed.until('the calls in progress', (events) => events.length > 0);
  const asked = async () => [
    (await me(cookie)).status,
    (await system.ask({ path: '/api/me', token: bearer })).status,
    (await ask(otherPort, { path: '/api/crm/comms', token: bearer })).status,
    (await ask(otherPort, { path: '/metrics', token: bearer })).status,
    (await system.ask({ method: 'POST', path: '/api/session', token: bearer })).status,
  ];
  assert.equal(await asked(), [200, 200, 200, 200, 204]);
  assert.is((await asAdmin('DELETE', '/access')).status, 204);
  assert.equal(await asked(), [401, 401, 401, 401, 401]);
  assert.is((await signIn(secretOf(unused))).status, 401);
  await eventually('the feeds have ended', () => feeds.every((feed) => feed.ended()));
  // what is known of the person may change meanwhile
  await asAdmin('PUT', '', { name: 'Anna Maria', sub: 'anna', role: 'agent' });
  assert.equal(await asked(), [401, 401, 401, 401, 401]);
  const again = cookieOf(await signIn(secretOf(await asAdmin('POST', '/invitation'))));
  assert.is((await me(again)).status, 200);
  assert.is((await me(cookie)).status, 401);
  system.clock.advance(1);
  assert.is((await system.ask({ path: '/api/me', token: await system.token('agent', 'anna') })).status, 200);
});

test('who is removed is signed out, also when somebody of the same id comes after', async () => {
  const token = await system.token('admin');
  const person = (method: 'PUT' | 'DELETE', body?: object) =>
    system.ask({ method, path: '/api/crm/people/carl', token, body });
  await person('PUT', { name: 'Carl', sub: 'carl' });
  const bearer = await system.token('agent', 'carl');
  assert.is((await system.ask({ path: '/api/me', token: bearer })).status, 200);
  await person('DELETE');
  assert.is((await system.ask({ path: '/api/me', token: bearer })).status, 401);
  await person('PUT', { name: 'Carla' });
  assert.is((await system.ask({ path: '/api/me', token: bearer })).status, 401);
});

test.run();
