import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import * as assert from 'uvu/assert';
import type { Role } from '../../src/domain/events.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { type Algorithm, type Claimed, startIssuer, issuedToken as tokenOf } from './support/issuer.ts';
import { routesOf, startSystem } from './support/system.ts';

const test = suite('who may do what');

const issuer = await startIssuer();
const { keys, config: ISSUER } = issuer;
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
/** Keys that the issuer publishes and that nothing can be proved with, by what a token is then. */
const BAD_KEYS: Record<string, object> = {
  'an issuer’s token by a key of 1024 bits': { ...weak.publicKey.export({ format: 'jwk' }), alg: 'RS256' },
  'an issuer’s token by a key that is no number': { kty: 'RSA', n: '!', e: 'AQAB', alg: 'RS256' },
  'an issuer’s token by half a key': { kty: 'RSA', n: 'AQAB', alg: 'RS256' },
  'an issuer’s token by a key that everybody knows': { kty: 'oct', k: 'AQAB', alg: 'RS256' },
  'an issuer’s token by a key on no curve': { kty: 'EC', crv: 'P-256', x: 'AQAB', y: 'AQAB', alg: 'ES256' },
};
for (const [kid, key] of Object.entries(BAD_KEYS)) issuer.publish(kid, key);
const system = await startSystem({ issuer: ISSUER });
test.after(async () => {
  await system.close();
  await issuer.close();
});

// ── the table of the design: every route, and who gets in ────────────────────────────────────────────────────────

const OPEN = ['open'];
const ANYONE: Role[] = ['agent', 'auditor', 'admin'];
const TABLE: Record<string, readonly string[]> = {
  'GET /livez': OPEN,
  'GET /api/session': OPEN,
  'POST /api/session': OPEN,
  'GET /readyz': ANYONE,
  'GET /metrics': ANYONE,
  'GET /docs': ANYONE,
  'GET /docs/{file}': ANYONE,
  'GET /openapi.json': ANYONE,
  'GET /api/me': ANYONE,
  'DELETE /api/session': ANYONE,
  'GET /api/crm/comms': ANYONE,
  'GET /api/crm/comms/counts': ANYONE,
  'GET /api/crm/comms/live': ANYONE,
  'GET /api/crm/comms/{id}': ANYONE,
  'GET /api/crm/calls/current': ANYONE,
  'GET /api/crm/calls/current/{id}': ANYONE,
  'GET /api/crm/live/mine': ANYONE,
  'GET /api/crm/customers': ANYONE,
  'GET /api/crm/customers/{id}': ANYONE,
  'GET /api/crm/customers/{id}/comms': ANYONE,
  'POST /api/crm/calls': ['agent', 'admin'],
  'GET /api/crm/calls/{id}': ['agent', 'admin'],
  'POST /api/crm/calls/log': ['agent', 'admin'],
  'PATCH /api/crm/comms/{id}': ['agent', 'admin'],
  'PUT /api/crm/comms/{id}/customer': ['agent', 'admin'],
  'DELETE /api/crm/comms/{id}/customer': ['agent', 'admin'],
  'PUT /api/crm/comms/{id}/done': ['agent', 'admin'],
  'DELETE /api/crm/comms/{id}/done': ['agent', 'admin'],
  'POST /api/crm/comms/done': ['agent', 'admin'],
  'POST /api/crm/comms/{id}/notes': ['agent', 'admin'],
  'DELETE /api/crm/comms/{id}/notes/{note}': ['agent', 'admin'],
  'PUT /api/crm/comms/{id}/merge': ['agent', 'admin'],
  'DELETE /api/crm/comms/{id}/merge': ['agent', 'admin'],
  'PUT /api/crm/customers/{id}': ['agent', 'admin'],
  'DELETE /api/crm/customers/{id}': ['admin'],
  'POST /api/crm/customers/import': ['admin'],
  'GET /api/crm/places': ANYONE,
  'GET /api/crm/people': ANYONE,
  'GET /api/crm/people/{id}': ANYONE,
  'PUT /api/crm/people/{id}': ['admin'],
  'DELETE /api/crm/people/{id}': ['admin'],
  'POST /api/crm/people/{id}/invitation': ['admin'],
  'DELETE /api/crm/people/{id}/access': ['admin'],
  'POST /api/crm/people/import': ['admin'],
  'GET /api/crm/teams': ANYONE,
  'PUT /api/crm/teams/{id}': ['admin'],
  'DELETE /api/crm/teams/{id}': ['admin'],
  'GET /api/crm/place-names': ANYONE,
  'PUT /api/crm/place-names': ['admin'],
  'GET /api/crm/call-backs': ANYONE,
  'GET /api/crm/call-backs/counts': ANYONE,
  'PUT /api/crm/call-backs/{id}/taken': ['agent', 'admin'],
  'DELETE /api/crm/call-backs/{id}/taken': ['agent', 'admin'],
  'PATCH /api/crm/call-backs/{id}': ['agent', 'admin'],
  'POST /api/crm/call-backs/done': ['agent', 'admin'],
  'GET /api/crm/settings': ANYONE,
  'PUT /api/crm/settings': ['admin'],
  'GET /api/crm/reports/{name}': ANYONE,
  'GET /api/crm/export': ['auditor', 'admin'],
  'GET /api/crm/comms/{id}/events': ['auditor', 'admin'],
  'GET /api/crm/comms/{id}/transcript': ['agent', 'admin'],
  'GET /api/admin/pbx': ['auditor', 'admin'],
  'GET /api/admin/servers': ['auditor', 'admin'],
  'GET /api/admin/rules': ['auditor', 'admin'],
  'GET /api/admin/rules/unknown': ['auditor', 'admin'],
  'GET /api/admin/rebuilds': ['admin'],
  'POST /api/admin/rebuilds': ['admin'],
  'GET /api/admin/rebuilds/{version}': ['admin'],
  'DELETE /api/admin/rebuilds/{version}': ['admin'],
  'GET /api/admin/rebuilds/{version}/diff': ['admin'],
  'POST /api/admin/rebuilds/{version}/activate': ['admin'],
  'POST /api/admin/rebuilds/{version}/rollback': ['admin'],
  'GET /api/admin/audit': ['auditor', 'admin'],
  'GET /api/admin/coverage': ['auditor', 'admin'],
  'GET /api/admin/reconcile': ['auditor', 'admin'],
  'GET /api/admin/parked': ['auditor', 'admin'],
  'POST /api/admin/parked/retry': ['admin'],
};
const ROUTES = Object.entries(TABLE).map(([route, allowed]) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method, path: path.replace('{id}', 'c-1').replace('{file}', 'start.js'), allowed };
});

test('the table names every route that is mounted, and no other', () => {
  const mounted = routesOf(system).map((route) => `${route.method.toUpperCase()} ${route.path}`);
  assert.equal(mounted.sort(), Object.keys(TABLE).sort());
});

/** Whether the guards let a request pass; HEAD for the feed, which would not end. */
async function passes(method: string, path: string, token: string | undefined): Promise<number> {
  const headOnly = /\/live(\/|$)/.test(path) ? 'HEAD' : method;
  const answer = await system.ask({ method: headOnly, path, token });
  return answer.status;
}

for (const { route, method, path, allowed } of ROUTES) {
  test(`${route} lets in ${allowed.join(', ')} and nobody else`, async () => {
    const open = allowed === OPEN;
    if (!open) assert.is(await passes(method, path, undefined), 401);
    for (const role of ANYONE) {
      const status = await passes(method, path, await system.token(role));
      if (open || allowed.includes(role)) assert.not([401, 403].includes(status), `${role} got ${status}`);
      else assert.is(status, 403, role);
    }
  });
}

// ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────────

type Forged = { alg?: string; secret?: Uint8Array; iss?: string; aud?: string; claims?: object; ageSeconds?: number };

function localToken(forged: Forged = {}): Promise<string> {
  const now = Math.floor(system.clock.now() / 1_000_000) - (forged.ageSeconds ?? 0);
  return new SignJWT({ sub: 'agent-1', role: 'admin', exp: now + 60, ...forged.claims })
    .setProtectedHeader({ alg: forged.alg ?? 'HS256' })
    .setIssuer(forged.iss ?? 'commslog')
    .setAudience(forged.aud ?? 'commslog')
    .sign(forged.secret ?? system.options.secret);
}

function issuedToken(alg: Algorithm, forged: Claimed & { ageSeconds?: number } = {}): Promise<string> {
  const now = Math.floor(system.clock.now() / 1_000_000) - (forged.ageSeconds ?? 0);
  return tokenOf(issuer, alg, now + 60, forged);
}

/** Signed with the weak key, whichever is named: nobody gets as far as the signature. */
function signedWeakly(kid: string): string {
  const claims = { iss: ISSUER.issuer, aud: ISSUER.audience, sub: 'x', role: 'admin', exp: 9e9 };
  const text = [{ alg: Object(BAD_KEYS[kid]).alg, kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), weak.privateKey).toString('base64url')}`;
}

const unsecured = (claims: object) =>
  `${[{ alg: 'none' }, { iss: 'commslog', aud: 'commslog', sub: 'x', role: 'admin', exp: 9e9, ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')}.`;

const publicKeyAsSecret = async () => new TextEncoder().encode(await exportSPKI(keys.RS256.publicKey));
const stranger = await generateKeyPair('RS256');

const REFUSED: Record<string, () => Promise<string> | string> = {
  'no JWT at all': () => 'secret',
  'nothing after Bearer': () => '',
  'an expired token': () => localToken({ ageSeconds: 91 }),
  'a token of another secret': () => localToken({ secret: new Uint8Array(32).fill(7) }),
  'a local token with another issuer': () => localToken({ iss: 'somebody' }),
  'a local token for somebody else': () => localToken({ aud: 'somebody' }),
  'a local token of algorithm HS512': () => localToken({ alg: 'HS512', secret: new Uint8Array(64).fill(7) }),
  'a token without a signature': () => unsecured({}),
  'a token without a signature that claims our issuer': () => unsecured({ iss: ISSUER.issuer, aud: ISSUER.audience }),
  'a token without an end': () => localToken({ claims: { exp: undefined } }),
  'a token without a role': () => localToken({ claims: { role: undefined } }),
  'a token of an unknown role': () => localToken({ claims: { role: 'root' } }),
  'a token of nobody': () => localToken({ claims: { sub: '' } }),
  'a token of nobody that can be named': () => localToken({ claims: { sub: 'x\0' } }),
  'a token of a name that looks like another': () => localToken({ claims: { sub: 'agent-1\u202e' } }),
  'a local token of a subject that an issuer could have': () =>
    localToken({ claims: { sub: 'https://id.example#subject-7' } }),
  'a token that ends after the last year': () => localToken({ claims: { exp: 1e300 } }),
  'an issuer’s token of nobody that can be named': () => issuedToken('RS256', { claims: { sub: 'x\0' } }),
  'an issuer’s token that ends after the last year': () => issuedToken('RS256', { claims: { exp: 1e300 } }),
  ...Object.fromEntries(Object.keys(BAD_KEYS).map((kid) => [kid, () => signedWeakly(kid)])),
  'an expired token of the issuer': () => issuedToken('RS256', { ageSeconds: 91 }),
  'a token of another issuer': () => issuedToken('RS256', { iss: 'https://other.example' }),
  'an issuer’s token for somebody else': () => issuedToken('RS256', { aud: 'other' }),
  'an issuer’s token of an algorithm that is not pinned': () => issuedToken('PS256'),
  'an issuer’s token by a key that it does not publish': () =>
    new SignJWT({ sub: 'x', role: 'admin', exp: 9e9, iss: ISSUER.issuer, aud: ISSUER.audience })
      .setProtectedHeader({ alg: 'RS256', kid: 'unknown' })
      .sign(stranger.privateKey),
  'a token signed with the issuer’s public key as a secret': async () =>
    localToken({ secret: await publicKeyAsSecret(), iss: ISSUER.issuer, aud: ISSUER.audience }),
};

for (const [what, makeToken] of Object.entries(REFUSED)) {
  test(`${what} is refused on every route that is not open`, async () => {
    const token = await makeToken();
    for (const { route, method, path, allowed } of ROUTES) {
      if (allowed !== OPEN) assert.is(await passes(method, path, token), 401, route);
    }
    assert.is(await passes('POST', '/api/session', token), 401);
  });
}

test('a refused request says how to ask', async () => {
  const answer = await system.ask({ path: '/api/me' });
  assert.is(answer.headers['www-authenticate'], 'Bearer');
  assert.is(field(answer.json, 'code'), 'UNAUTHENTICATED');
});

test('clocks may differ by 30 seconds', async () => {
  assert.is(await passes('GET', '/api/me', await localToken({ ageSeconds: 85 })), 200);
});

for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
  test(`a token of the issuer by ${alg} lets its subject in with its role`, async () => {
    for (const role of ANYONE) {
      const token = await issuedToken(alg, { claims: { role } });
      const answer = await system.ask({ path: '/api/me', token });
      assert.is(answer.status, 200);
      assert.equal([field(answer.json, 'sub'), field(answer.json, 'role')], ['https://id.example#subject-7', role]);
    }
  });
}

test('a wrong token is not made good by a session’s cookie', async () => {
  const signedIn = await system.ask({ method: 'POST', path: '/api/session', token: await system.token('admin') });
  const cookie = String(signedIn.headers['set-cookie']).split(';', 1)[0] ?? '';
  assert.is((await system.ask({ path: '/api/me', headers: { cookie } })).status, 200);
  assert.is((await system.ask({ path: '/api/me', headers: { cookie }, token: 'a.b.c' })).status, 401);
});

test('an unknown path of the API is unknown only to those who may ask', async () => {
  assert.is((await system.ask({ path: '/api/nothing' })).status, 401);
  assert.is((await system.ask({ method: 'POST', path: '/api/crm/comms' })).status, 401);
});

test('while the issuer’s keys cannot be had its tokens get 503, local ones still work', async () => {
  const away = await startSystem({ issuer: { ...ISSUER, jwksUrl: 'http://127.0.0.1:1/keys' } });
  try {
    const answer = await away.ask({ path: '/api/me', token: await issuedToken('RS256') });
    assert.equal([answer.status, field(answer.json, 'code')], [503, 'ISSUER_UNAVAILABLE']);
    assert.is((await away.ask({ path: '/api/me', token: await away.token('agent') })).status, 200);
  } finally {
    await away.close();
  }
});

test('what is no set of keys counts as keys that cannot be had', async () => {
  const answers: Record<string, [number, string]> = {
    'an error': [500, JSON.stringify({ keys: [] })],
    'no JSON': [200, '<html>'],
    'no keys': [200, '{}'],
    'a list of no keys': [200, '{"keys":[7]}'],
    'another place': [302, ''],
  };
  for (const [what, [status, body]] of Object.entries(answers)) {
    const server = createServer((_request, response) => {
      response.writeHead(status, status === 302 ? { location: ISSUER.jwksUrl } : {}).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const jwksUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`;
    const away = await startSystem({ issuer: { ...ISSUER, jwksUrl } });
    const answer = await away.ask({ path: '/api/me', token: await issuedToken('RS256') });
    assert.equal([answer.status, field(answer.json, 'code')], [503, 'ISSUER_UNAVAILABLE'], what);
    await away.close();
    server.close();
  }
});

test('without an issuer only local tokens count', async () => {
  const local = await startSystem();
  try {
    assert.is((await local.ask({ path: '/api/me', token: await issuedToken('RS256') })).status, 401);
  } finally {
    await local.close();
  }
});

test.run();
