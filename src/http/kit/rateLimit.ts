import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit, type Store } from 'express-rate-limit';
import { CommslogError } from '../../errors.ts';
import { stateOf } from './requestState.ts';

/** Requests in a minute: of one principal (without one, of one address), and attempts to sign in of one address. */
export type RateLimits = { readonly usual: number; readonly signIn: number };

export const RATE_LIMITS: RateLimits = { usual: 600, signIn: 10 };

const WINDOW_MS = 60_000;

export type RateLimiters = Readonly<Record<keyof RateLimits, RequestHandler>> & {
  /** Before the database is asked who it is: requests of one address that are not known to be somebody's, as many as `usual`. */
  readonly unproven: RequestHandler;
  /** Takes a request out of those again. */
  proven(request: Request): Promise<void>;
};

/** The limiters of the routes. Answers carry the RateLimit headers of the IETF's draft 8. */
export function rateLimiters(limits: RateLimits): RateLimiters {
  const unproven = new MemoryStore();
  return {
    usual: limiter({ identifier: 'usual', limit: limits.usual, keyOf: who }),
    signIn: limiter({ identifier: 'signIn', limit: limits.signIn, keyOf: who }),
    unproven: limiter({ identifier: 'unproven', limit: limits.usual, keyOf: address, store: unproven }),
    proven: (request) => unproven.decrement(address(request)),
  };
}

function limiter({
  identifier,
  limit,
  keyOf,
  store,
}: {
  readonly identifier: string;
  readonly limit: number;
  readonly keyOf: (request: Request) => string;
  readonly store?: Store;
}): RequestHandler {
  return rateLimit({
    identifier,
    limit,
    windowMs: WINDOW_MS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    ...(store === undefined ? {} : { store }),
    handler: (_request, _response, next) => {
      next(new CommslogError('TOO_MANY_REQUESTS', 'Too many requests; Retry-After says when to go on.'));
    },
  });
}

function who(request: Request): string {
  const { principal } = stateOf(request);
  return principal ? `sub ${principal.sub}` : address(request);
}

function address({ ip = '' }: Request): string {
  return `ip ${ipKeyGenerator(ip)}`;
}
