import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { CommslogError } from '../../errors.ts';
import { stateOf } from './requestState.ts';

/** Requests in a minute: of one principal (without one, of one address), and attempts to sign in of one address. */
export type RateLimits = { readonly usual: number; readonly signIn: number };

export const RATE_LIMITS: RateLimits = { usual: 600, signIn: 10 };

const WINDOW_MS = 60_000;

/** The two limiters of the routes. Answers carry the RateLimit headers of the IETF's draft 8. */
export function rateLimiters(limits: RateLimits): Readonly<Record<keyof RateLimits, RequestHandler>> {
  return { usual: limiter('usual', limits.usual), signIn: limiter('signIn', limits.signIn) };
}

function limiter(identifier: string, limit: number): RequestHandler {
  return rateLimit({
    identifier,
    limit,
    windowMs: WINDOW_MS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => {
      const { principal } = stateOf(request);
      return principal ? `sub ${principal.sub}` : `ip ${ipKeyGenerator(request.ip ?? '')}`;
    },
    handler: (_request, _response, next) => {
      next(new CommslogError('TOO_MANY_REQUESTS', 'Too many requests; Retry-After says when to go on.'));
    },
  });
}
