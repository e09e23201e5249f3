import type { Request, RequestHandler } from 'express';
import { addressOf, limiter } from './limiter.ts';
import { type LookUpLimit, lookUpLimit } from './lookUpLimit.ts';
import { stateOf } from './requestState.ts';

/**
 * Requests in a minute: of one principal (without one, of one address) in all and of those that take long, look-ups of
 * sessions and attempts to sign in of one address.
 */
export type RateLimits = {
  readonly usual: number;
  readonly expensive: number;
  readonly lookUps: number;
  readonly signIn: number;
};

/** A CRM asks for all its people by one token. */
export const RATE_LIMITS: RateLimits = { usual: 3_000, expensive: 300, lookUps: 600, signIn: 10 };

export type RateLimiters = Readonly<Record<Exclude<keyof RateLimits, 'lookUps'>, RequestHandler>> & {
  readonly lookUps: LookUpLimit;
};

/** The limiters of the routes. */
export function rateLimiters(limits: RateLimits): RateLimiters {
  return {
    usual: limiter({ identifier: 'usual', limit: limits.usual, keyOf: whoAsks }),
    expensive: limiter({ identifier: 'expensive', limit: limits.expensive, keyOf: whoAsks }),
    signIn: limiter({ identifier: 'signIn', limit: limits.signIn, keyOf: whoAsks }),
    lookUps: lookUpLimit(limits.lookUps),
  };
}

function whoAsks(request: Request): string {
  const { principal } = stateOf(request);
  return principal ? `sub ${principal.sub}` : addressOf(request);
}
