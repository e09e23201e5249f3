import { once } from 'node:events';
import type { Response } from 'express';
import type { Principal } from '../auth/principal.ts';

/** What a slow client may leave unread; beyond it the connection ends, and the client resumes by its last id. */
const MAX_UNREAD_BYTES = 1_048_576;

export type LiveClient = {
  readonly principal: Principal;
  /** number of the last change that it was sent */
  seq: bigint;
  /** false while it is still being sent what it missed */
  joined: boolean;
  readonly gone: AbortSignal;
  write(text: string): void;
  /** Resolves when the client has read on; at once if it has nothing unread. Throws when it is gone. */
  drained(): Promise<void>;
  end(): void;
};

/** A client of the feed over its open response. */
export function liveClient(response: Response, principal: Principal): LiveClient {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return {
    principal,
    seq: 0n,
    joined: false,
    gone: gone.signal,
    write(text) {
      if (gone.signal.aborted) return;
      response.write(text);
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    },
    async drained() {
      gone.signal.throwIfAborted();
      if (response.writableNeedDrain) await once(response, 'drain', { signal: gone.signal });
    },
    end: () => void response.end(),
  };
}
