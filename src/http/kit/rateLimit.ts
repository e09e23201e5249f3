import type { Request, RequestHandler } from 'express';
import type { Role } from '../../domain/events.ts';
import { addressOf, limiter } from './limiter.ts';
import { type LookUpLimit, lookUpLimit } from './lookUpLimit.ts';
import { stateOf } from './requestState.ts';

/** `nobody`: who has not proved who asks, by address */
export type ByRole = Readonly<Record<Role | 'nobody', number>>;

/**
 * Requests in a minute: of one principal (without one, of one address) in all and of those that take long, look-ups of
 * sessions and attempts to sign in of one address; calls that somebody has begun.
 */
export type RateLimits = {
  readonly usual: ByRole;
  readonly expensive: ByRole;
  readonly lookUps: number;
  readonly signIn: number;
  readonly calls: number;
};

/** A CRM asks for all its agents by one token. */
export const RATE_LIMITS: RateLimits = {
  usual: { agent: 6_000, auditor: 3_000, admin: 3_000, nobody: 3_000 },
  expensive: { agent: 600, auditor: 300, admin: 300, nobody: 300 },
  lookUps: 600,
  signIn: 10,
  calls: 20,
};

export type RateLimiters = Readonly<Record<Exclude<keyof RateLimits, 'lookUps'>, RequestHandler>> & {
  readonly lookUps: LookUpLimit;
};

/** The limiters of the routes. */
export function rateLimiters(limits: RateLimits): RateLimiters {
  return {
    usual: limiter({ identifier: 'usual', limit: byRole(limits.usual), keyOf: whoAsks }),
    expensive: limiter({ identifier: 'expensive', limit: byRole(limits.expensive), keyOf: whoAsks }),
    signIn: limiter({ identifier: 'signIn', limit: () => limits.signIn, keyOf: whoAsks }),
    calls: limiter({ identifier: 'calls', limit: () => limits.calls, keyOf: whoAsks }),
    lookUps: lookUpLimit(limits.lookUps),
  };
}

function byRole(limits: ByRole): (request: Request) => number {
  return (request) => limits[stateOf(request).principal?.role ?? 'nobody'];
}

function whoAsks(request: Request): string {
  const { principal } = stateOf(request);
  return principal ? `sub ${principal.sub}` : addressOf(request);
}
