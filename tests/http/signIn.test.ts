import * as assert from 'uvu/assert';
import { createSignInLink, createToken } from '../../src/http/index.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { startSystem } from './support/system.ts';

const test = suite('signing in');
const system = await startSystem();
test.after(system.close);

const HOUR = 3600;
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

async function newLink(): Promise<string> {
  const link = await createSignInLink(system.pool, {
    sub: 'admin-1',
    role: 'admin',
    baseUrl: `http://127.0.0.1:${system.port}`,
    now: system.clock.now(),
  });
  return new URL(link).hash.replace('#link=', '');
}

const signIn = (link: string, headers: Record<string, string> = {}) =>
  system.ask({ method: 'POST', path: '/api/session', body: { link }, headers });
const cookieOf = (answer: Answer) => String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
const me = (cookie: string) => system.ask({ path: '/api/me', headers: { cookie } });
const write = (cookie: string, headers: Record<string, string>) =>
  system.ask({ method: 'PUT', path: '/api/crm/customers/c-1', headers: { cookie, ...headers }, body: {} });

test('a link signs in whom it names, for twelve hours', async () => {
  const answer = await signIn(await newLink());
  assert.is(answer.status, 204);
  const cookie = cookieOf(answer);
  const { sub, role, demo } = Object((await me(cookie)).json);
  assert.equal({ sub, role, demo }, { sub: 'admin-1', role: 'admin', demo: false });
  system.clock.advance(12 * HOUR - 60);
  assert.is((await me(cookie)).status, 200);
  system.clock.advance(61);
  assert.is((await me(cookie)).status, 401);
});

test('who is not signed in is told the command that makes a link, as the program is called where it runs', async () => {
  const { status, json } = await system.ask({ path: '/api/session' });
  assert.equal([status, json], [200, { command: 'commslog token --link --role agent' }]);
});

test('the cookie is out of reach of scripts and of other sites', async () => {
  const answer = await signIn(await newLink());
  assert.match(
    String(answer.headers['set-cookie']),
    /^commslog_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
  );
});

test('where the public URL is https the cookie travels by https alone', async () => {
  const secure = await startSystem({ publicUrl: 'https://calls.example' });
  try {
    const token = await secure.token('agent');
    const answer = await secure.ask({ method: 'POST', path: '/api/session', token });
    assert.match(String(answer.headers['set-cookie']), /; Secure$/);
  } finally {
    await secure.close();
  }
});

test('a link works once, also for many who use it at the same moment', async () => {
  const link = await newLink();
  const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(link)));
  assert.equal(answers.map((answer) => answer.status).sort(), [204, ...Array(9).fill(401)]);
});

test('a link is too old after fifteen minutes', async () => {
  const [early, late] = [await newLink(), await newLink()];
  system.clock.advance(14 * 60 + 59);
  assert.is((await signIn(early)).status, 204);
  system.clock.advance(2);
  assert.is((await signIn(late)).status, 401);
});

test('a link that nobody made is refused, and so is none', async () => {
  assert.is((await signIn('x'.repeat(43))).status, 401);
  assert.is((await system.ask({ method: 'POST', path: '/api/session' })).status, 401);
});

test('a bearer token is swapped for a session of the same subject and role', async () => {
  const token = await system.token('auditor', 'auditor-9');
  const answer = await system.ask({ method: 'POST', path: '/api/session', token });
  const { sub, role } = Object((await me(cookieOf(answer))).json);
  assert.equal({ sub, role }, { sub: 'auditor-9', role: 'auditor' });
});

test('a session from a token ends with the token, and one from a link after its twelve hours', async () => {
  const until = async (ttlSeconds: number) => {
    const { secret } = system.options;
    const token = await createToken(secret, { sub: 'admin-1', role: 'admin', ttlSeconds, now: system.clock.now() });
    return system.ask({ method: 'POST', path: '/api/session', token });
  };
  const [short, long] = [await until(60), await until(30 * 24 * HOUR)];
  assert.match(String(short.headers['set-cookie']), /; Max-Age=(?:59|60);/);
  assert.match(String(long.headers['set-cookie']), /; Max-Age=43200;/);
  const ends = Date.parse(String(field((await me(cookieOf(short))).json, 'expires_at')));
  assert.ok(ends * 1000 <= system.clock.now() + 60_000_000);
  const link = cookieOf(await signIn(await newLink()));
  system.clock.advance(61);
  assert.is((await me(cookieOf(short))).status, 401);
  assert.equal([(await me(cookieOf(long))).status, (await me(link)).status], [200, 200]);
});

test('a token that is over, but for what clocks may differ by, starts no session', async () => {
  const { secret } = system.options;
  const token = await createToken(secret, { sub: 'admin-1', role: 'admin', ttlSeconds: 5, now: system.clock.now() });
  system.clock.advance(10);
  assert.is((await system.ask({ path: '/api/me', token })).status, 200);
  const answer = await system.ask({ method: 'POST', path: '/api/session', token });
  assert.equal([answer.status, answer.headers['set-cookie']], [401, undefined]);
});

test('a session made of a session’s cookie is not to be had', async () => {
  const cookie = cookieOf(await signIn(await newLink()));
  const answer = await system.ask({ method: 'POST', path: '/api/session', headers: { cookie, ...sameOrigin } });
  assert.is(answer.status, 401);
});

test('neither the secret of a link nor that of a session stands in the database', async () => {
  const link = await newLink();
  const cookie = cookieOf(await signIn(link));
  for (const table of ['web_session', 'sign_in_link']) {
    const { rows } = await system.pool.query(`select * from commslog.${table}`);
    assert.ok(rows.length > 0);
    assert.not.match(JSON.stringify(rows), link);
    assert.not.match(JSON.stringify(rows), cookie.split('=')[1] ?? '=');
  }
});

test('signing out ends the session and removes the cookie', async () => {
  const cookie = cookieOf(await signIn(await newLink()));
  const answer = await system.ask({ method: 'DELETE', path: '/api/session', headers: { cookie, ...sameOrigin } });
  assert.is(answer.status, 204);
  assert.match(String(answer.headers['set-cookie']), /^commslog_session=; .*Max-Age=0/);
  assert.is((await me(cookie)).status, 401);
});

test('with a session only our own pages change something', async () => {
  const cookie = cookieOf(await signIn(await newLink()));
  const own = `http://127.0.0.1:${system.port}`;
  const passes: Record<string, string>[] = [sameOrigin, { 'sec-fetch-site': 'none' }, { origin: own }];
  const fails: Record<string, string>[] = [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: own },
    { origin: 'https://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
  ];
  for (const headers of passes) assert.is((await write(cookie, headers)).status, 422, JSON.stringify(headers));
  for (const headers of fails) assert.is((await write(cookie, headers)).status, 403, JSON.stringify(headers));
});

test('another site can neither sign a browser in nor sign it out', async () => {
  const other = { 'sec-fetch-site': 'cross-site' };
  assert.is((await signIn(await newLink(), other)).status, 403);
  const cookie = cookieOf(await signIn(await newLink()));
  const out = await system.ask({ method: 'DELETE', path: '/api/session', headers: { cookie, ...other } });
  assert.is(out.status, 403);
  assert.is((await me(cookie)).status, 200);
});

test('off this machine a link needs https', async () => {
  const link = (baseUrl: string) =>
    createSignInLink(system.pool, { sub: 'admin-1', role: 'admin', baseUrl, now: system.clock.now() });
  for (const url of ['http://calls.example', 'http://192.168.1.5:8080', 'http://127.0.0.1.evil.example']) {
    const refused = await link(url).then(
      () => null,
      (error: unknown) => field(error, 'code'),
    );
    assert.is(refused, 'CONFIG_INVALID', url);
  }
  for (const url of ['https://calls.example', 'http://localhost:8080', 'http://[::1]:8080', 'http://127.0.0.2']) {
    assert.match(await link(url), /#link=[\w-]{43}$/);
  }
});

test('sessions and links that are over are forgotten', async () => {
  await signIn(await newLink());
  system.clock.advance(13 * HOUR);
  await signIn(await newLink());
  for (const table of ['web_session', 'sign_in_link']) {
    const { rows } = await system.pool.query(`select 1 from commslog.${table}`);
    assert.is(rows.length, 1, table);
  }
});

test.run();
