import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { IssuerConfig } from '../../../src/http/auth/issuer.ts';

/** An outside issuer: it publishes its keys at an address of loopback and signs what it is told. */
export type Issuer = {
  readonly config: IssuerConfig;
  readonly keys: Readonly<Record<Algorithm, { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }>>;
  /** adds a key that is published under this id */
  publish(kid: string, key: JWK): void;
  close(): Promise<void>;
};

export type Algorithm = (typeof ALGORITHMS)[number];

/** The last of them is none that is accepted. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'PS256'] as const;

export async function startIssuer(): Promise<Issuer> {
  const pair = (alg: Algorithm) => generateKeyPair(alg, { extractable: true });
  const [RS256, ES256, EdDSA, PS256] = await Promise.all([pair('RS256'), pair('ES256'), pair('EdDSA'), pair('PS256')]);
  const keys = { RS256, ES256, EdDSA, PS256 };
  const published: JWK[] = [];
  const publish = (kid: string, key: JWK) => published.push({ alg: kid, ...key, kid });
  for (const alg of ALGORITHMS) publish(alg, await exportJWK(keys[alg].publicKey));
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    config: { issuer: 'https://id.example', audience: 'commslog-api', jwksUrl: `http://127.0.0.1:${port}/keys` },
    keys,
    publish,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type Claimed = {
  readonly iss?: string;
  readonly aud?: string;
  readonly claims?: object;
  readonly header?: Partial<JWTHeaderParameters>;
};

/** A token of the issuer: of `subject-7` as an agent until `exp` (seconds), unless something else is claimed. */
export function issuedToken(issuer: Issuer, alg: Algorithm, exp: number, claimed: Claimed = {}): Promise<string> {
  return new SignJWT({ sub: 'subject-7', role: 'agent', exp, ...claimed.claims })
    .setProtectedHeader({ alg, kid: alg, ...claimed.header })
    .setIssuer(claimed.iss ?? issuer.config.issuer)
    .setAudience(claimed.aud ?? issuer.config.audience)
    .sign(issuer.keys[alg].privateKey);
}
