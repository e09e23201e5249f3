import type { IncomingMessage } from 'node:http';
import { decodeProtectedHeader } from 'jose';
import type pg from 'pg';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import { sessionCookie } from './cookie.ts';
import { type IssuerConfig, issuerVerifier } from './issuer.ts';
import { verifyLocalToken } from './localToken.ts';
import type { Principal } from './principal.ts';
import { createRevoked } from './revoked.ts';
import { findSignInSession } from './signInSessions.ts';

export type Authenticator = {
  /** Who asks: by bearer token if there is one, else by cookie; null when that proves nobody. */
  authenticate(request: IncomingMessage): Promise<Principal | null>;
  /** The same by bearer token alone. Errors of both: `ISSUER_UNAVAILABLE`, `DATABASE_UNAVAILABLE`. */
  byToken(request: IncomingMessage): Promise<Principal | null>;
};

/** A token of the local secret is told from an issuer's by its algorithm; each is then checked against its own list. */
export function createAuthenticator(options: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly issuer: IssuerConfig | null;
  readonly readModel: Pick<ReadModel, 'directory'>;
}): Authenticator {
  const { pool, clock, secret } = options;
  const isRevoked = createRevoked(options.readModel);
  const verifyIssued = options.issuer ? issuerVerifier(options.issuer) : null;

  async function living(proved: Promise<Principal | null>): Promise<Principal | null> {
    const principal = await proved;
    return principal !== null && (await isRevoked(principal)) ? null : principal;
  }

  async function byToken(request: IncomingMessage): Promise<Principal | null> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return null;
    try {
      if (decodeProtectedHeader(token).alg === 'HS256') return await verifyLocalToken(secret, token, clock.now());
      return verifyIssued ? await verifyIssued(token, clock.now()) : null;
    } catch (error) {
      if (error instanceof CommslogError) throw error;
      return null;
    }
  }

  async function byCookie(request: IncomingMessage): Promise<Principal | null> {
    const cookie = sessionCookie(request.headers.cookie);
    return cookie === null ? null : await findSignInSession(pool, cookie, clock.now());
  }

  return {
    byToken: (request) => living(byToken(request)),
    authenticate: (request) =>
      living(request.headers.authorization === undefined ? byCookie(request) : byToken(request)),
  };
}
