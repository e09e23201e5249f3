import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { CommslogError } from '../../errors.ts';

const WINDOW_MS = 60_000;

export type LimiterOptions = {
  readonly identifier: string;
  /** requests with the same key in a minute */
  readonly limit: (request: Request) => number;
  readonly keyOf: (request: Request) => string;
  readonly skip?: (request: Request) => boolean;
  readonly store?: Store;
};

/** Refuses what comes too often. Answers carry the RateLimit headers of the IETF's draft 8. Error: `TOO_MANY_REQUESTS`. */
export function limiter({ identifier, limit, keyOf, ...own }: LimiterOptions): RequestHandler {
  return rateLimit({
    identifier,
    limit,
    windowMs: WINDOW_MS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    ...own,
    handler: (_request, _response, next) => {
      next(new CommslogError('TOO_MANY_REQUESTS', 'Too many requests; Retry-After says when to go on.'));
    },
  });
}

/** Who asks, as far as the network tells. */
export function addressOf({ ip = '' }: Request): string {
  return `ip ${ipKeyGenerator(ip)}`;
}
