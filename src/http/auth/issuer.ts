import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, jwtVerify } from 'jose';
import { issuedSub } from '../../domain/subject.ts';
import type { Micros } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { CLOCK_TOLERANCE_SECONDS, principalOf } from './localToken.ts';
import type { Principal } from './principal.ts';

/** Whose tokens are accepted beside our own: its keys, and the `iss` and `aud` that they must have. */
export type IssuerConfig = { readonly jwksUrl: string; readonly issuer: string; readonly audience: string };

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const KEYS_TIMEOUT_MS = 5_000;

/** What jose throws when an answer came that holds no set of keys; `JOSEError` itself when it is not even JSON, or no 200. */
const NO_KEYS = [errors.JWKSInvalid.code, errors.JWKSTimeout.code, errors.JOSEError.code];

/**
 * Verifies tokens of an issuer by its published keys, which are fetched when first needed and again when a key is new.
 * Its subjects name it: `<issuer>#<sub>`. Throws what jose and the platform throw when the token is not valid or its key is
 * not one to be trusted; `ISSUER_UNAVAILABLE` when the keys cannot be fetched.
 */
export function issuerVerifier(config: IssuerConfig): (token: string, now: Micros) => Promise<Principal> {
  const keys = createRemoteJWKSet(new URL(config.jwksUrl), {
    timeoutDuration: KEYS_TIMEOUT_MS,
    [customFetch]: fetchKeys,
  });
  return async (token, now) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: config.issuer,
      audience: config.audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now / 1000),
    }).catch((error: unknown) => {
      throw error instanceof errors.JOSEError && NO_KEYS.includes(error.code) ? unavailable(error) : error;
    });
    const principal = principalOf(payload);
    return { ...principal, sub: issuedSub(config.issuer, principal.sub) };
  };
}

/** A connection that fails throws a `TypeError`, and so does a key that is too weak: here they are still told apart. */
const fetchKeys: FetchImplementation = (url, options) =>
  fetch(url, options).catch((cause: unknown) => {
    throw unavailable(cause);
  });

function unavailable(cause: unknown): CommslogError {
  return new CommslogError('ISSUER_UNAVAILABLE', 'The keys of the token’s issuer cannot be fetched at the moment.', {
    cause,
  });
}
