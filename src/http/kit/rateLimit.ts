import type { Request, RequestHandler } from 'express';
import { addressOf, limiter } from './limiter.ts';
import { type LookUpLimit, lookUpLimit } from './lookUpLimit.ts';
import { stateOf } from './requestState.ts';

/** Requests in a minute: of one principal (without one, of one address), and attempts to sign in of one address. */
export type RateLimits = { readonly usual: number; readonly signIn: number };

export const RATE_LIMITS: RateLimits = { usual: 600, signIn: 10 };

export type RateLimiters = Readonly<Record<keyof RateLimits, RequestHandler>> & { readonly lookUps: LookUpLimit };

/** The limiters of the routes. */
export function rateLimiters(limits: RateLimits): RateLimiters {
  return {
    usual: limiter({ identifier: 'usual', limit: limits.usual, keyOf: whoAsks }),
    signIn: limiter({ identifier: 'signIn', limit: limits.signIn, keyOf: whoAsks }),
    lookUps: lookUpLimit(limits.usual),
  };
}

function whoAsks(request: Request): string {
  const { principal } = stateOf(request);
  return principal ? `sub ${principal.sub}` : addressOf(request);
}
