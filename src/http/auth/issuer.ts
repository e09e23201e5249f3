import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Micros } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { CLOCK_TOLERANCE_SECONDS, principalOf } from './localToken.ts';
import type { Principal } from './principal.ts';

/** Whose tokens are accepted beside our own: its keys, and the `iss` and `aud` that they must have. */
export type IssuerConfig = { readonly jwksUrl: string; readonly issuer: string; readonly audience: string };

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const KEYS_TIMEOUT_MS = 5_000;

/** The token itself is at fault; anything else jose throws means that the keys could not be had. */
const TOKEN_ERRORS = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/**
 * Verifies tokens of an issuer by its published keys, which are fetched when first needed and again when a key is new.
 * Throws what jose throws when the token is not valid; `ISSUER_UNAVAILABLE` when the keys cannot be fetched.
 */
export function issuerVerifier(config: IssuerConfig): (token: string, now: Micros) => Promise<Principal> {
  const keys = createRemoteJWKSet(new URL(config.jwksUrl), { timeoutDuration: KEYS_TIMEOUT_MS });
  return async (token, now) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: config.issuer,
      audience: config.audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now / 1000),
    }).catch((error: unknown) => {
      if (TOKEN_ERRORS.some((kind) => error instanceof kind)) throw error;
      throw new CommslogError('ISSUER_UNAVAILABLE', 'The keys of the token’s issuer cannot be fetched at the moment.', {
        cause: error,
      });
    });
    return principalOf(payload);
  };
}
