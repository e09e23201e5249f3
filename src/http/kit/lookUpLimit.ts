import type { Request, RequestHandler } from 'express';
import { MemoryStore } from 'express-rate-limit';
import { sessionCookie } from '../auth/cookie.ts';
import { hashOf } from '../auth/secret.ts';
import { addressOf, limiter } from './limiter.ts';

/** Sessions that are remembered: who was here lately is not taken for one who guesses at the same address. */
const MAX_KNOWN = 10_000;

/** How often sessions are looked up in the database: guessed ones by address, those that somebody has had each by itself. */
export type LookUpLimit = {
  /** before the database is asked */
  readonly refuse: RequestHandler;
  /** `session`: the hash of the one that was looked up and is somebody's; null: nobody said whose it is */
  settle(request: Request, session: string | null): Promise<void>;
};

/** `limit`: a minute. A guess counts; what turns out to be somebody's, or could not be looked up, does not. */
export function lookUpLimit(limit: number): LookUpLimit {
  /** the longest known first */
  const known = new Set<string>();
  const guesses = new MemoryStore();
  const isGuess = (hash: string) => !known.has(hash);
  return {
    refuse: limiter({
      identifier: 'look-ups',
      limit: () => limit,
      store: guesses,
      skip: (request) => lookedUp(request) === null,
      keyOf(request) {
        const hash = lookedUp(request) ?? '';
        return isGuess(hash) ? addressOf(request) : `session ${hash}`;
      },
    }),
    async settle(request, session) {
      const hash = lookedUp(request);
      if (hash === null || !isGuess(hash)) return;
      await guesses.decrement(addressOf(request));
      if (session === null) return;
      known.add(session);
      const [oldest = ''] = known;
      if (known.size > MAX_KNOWN) known.delete(oldest);
    },
  };
}

/** The hash of the session that a request is looked up by; null: a token is no session, and proves itself. */
function lookedUp({ headers }: Request): string | null {
  const secret = headers.authorization === undefined ? sessionCookie(headers.cookie) : null;
  return secret === null ? null : hashOf(secret);
}
