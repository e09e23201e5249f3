import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type Actor, roleSchema } from '../../domain/events.ts';
import { localSubSchema, subSchema } from '../../domain/subject.ts';
import type { Micros } from '../../domain/time.ts';
import type { Principal } from './principal.ts';

/** The program itself issues these tokens and is the one that reads them. */
const LOCAL = 'commslog';
const ALGORITHM = 'HS256';

/** Clocks of two machines may differ by so much. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** The last second whose year has four digits. */
const LAST_EXPIRY = 253_402_300_799;

const claimsSchema = z.object({
  sub: subSchema,
  role: roleSchema,
  exp: z.number().max(LAST_EXPIRY),
  iat: z.number().min(0).max(LAST_EXPIRY).optional(),
});

/** A bearer token of the local secret for `ttlSeconds` from `now`. */
export function createToken(
  secret: Uint8Array,
  { sub, role, ttlSeconds, now }: Actor & { readonly ttlSeconds: number; readonly now: Micros },
): Promise<string> {
  const issuedAt = Math.floor(now / 1_000_000);
  return new SignJWT({ role })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(LOCAL)
    .setAudience(LOCAL)
    .setSubject(sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(secret);
}

/** Whom a token of the local secret names. Throws what jose throws when it is not valid now. */
export async function verifyLocalToken(secret: Uint8Array, token: string, now: Micros): Promise<Principal> {
  const { payload } = await jwtVerify(token, secret, {
    algorithms: [ALGORITHM],
    issuer: LOCAL,
    audience: LOCAL,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(now / 1000),
  });
  const principal = principalOf(payload);
  return { ...principal, sub: localSubSchema.parse(principal.sub) };
}

/** The claims that count, of whichever issuer: `sub`, `role`, `exp`, and `iat` where there is one. Throws when one is not as it must be. */
export function principalOf(payload: object): Principal {
  const { sub, role, exp, iat } = claimsSchema.parse(payload);
  const inMicros = (seconds: number) => Math.floor(seconds * 1_000_000) as Micros;
  const issuedAt = iat === undefined ? null : inMicros(iat);
  return { sub, role, expiresAt: inMicros(exp), issuedAt, signInSession: null };
}
