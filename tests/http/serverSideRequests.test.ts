import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { suite } from '../support/suite.ts';
import { issuedToken, startIssuer } from './support/issuer.ts';
import { routesOf, startSystem } from './support/system.ts';

const test = suite('whom the server asks');
const issuer = await startIssuer();
const system = await startSystem({ issuer: issuer.config });
test.after(async () => {
  await system.close();
  await issuer.close();
});

test('no field of a request is an address that the server would ask', () => {
  const named: string[] = [];
  for (const { path, params, query, body, headers } of routesOf(system)) {
    for (const part of [params, query, body, headers ?? z.object({})]) {
      const schema = JSON.stringify(z.toJSONSchema(part, { io: 'input', unrepresentable: 'any' }));
      assert.not.match(schema, /"format":"(?:uri|hostname|ipv[46])/, path);
      named.push(...[...schema.matchAll(/"(\w+)":\{/g)].map(([, name = '']) => name));
    }
  }
  assert.ok(named.includes('customer_id'));
  const addresses = named.filter((name) =>
    /(?:^|_)(?:url|uri|host|hostname|address|webhook|callback|endpoint)$/i.test(name),
  );
  assert.equal(addresses, []);
});

test('a token that brings its key, or says where it is, is refused, and nobody is asked there', async () => {
  let asked = 0;
  const stranger = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(stranger.publicKey)), alg: 'RS256', kid: 'stranger' };
  const server = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`;
  const exp = Math.floor(system.clock.now() / 1_000_000) + 60;
  const headers: Partial<JWTHeaderParameters>[] = [{ jku: url }, { x5u: url }, { jwk }, { kid: url }];
  for (const header of headers) {
    const token = await new SignJWT({ sub: 'x', role: 'admin', exp })
      .setProtectedHeader({ alg: 'RS256', kid: 'stranger', ...header })
      .setIssuer(issuer.config.issuer)
      .setAudience(issuer.config.audience)
      .sign(stranger.privateKey);
    assert.is((await system.ask({ path: '/api/me', token })).status, 401, JSON.stringify(header));
  }
  assert.is(asked, 0);
  assert.is((await system.ask({ path: '/api/me', token: await issuedToken(issuer, 'RS256', exp) })).status, 200);
  server.close();
});

test.run();
