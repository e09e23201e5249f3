import { once } from 'node:events';
import type { Response } from 'express';
import type { Viewer } from '../kit/viewer.ts';

/** What a reader may leave unread; with more waiting, what comes next ends its connection, and it resumes by its last id. */
export const MAX_UNREAD_BYTES = 1_048_576;
/** Who reads nothing for so long, although something waits, is not there any more. */
const STALLED_MS = 60_000;

export type LiveClient = {
  /** who it is, and what is shown to them now */
  viewer: Viewer;
  /** number of the last change that it was sent */
  seq: bigint;
  /** false while it is still being sent what it missed */
  joined: boolean;
  /** the moment whose calls in progress it was told of; null: it is still being told */
  calls: number | null;
  readonly gone: AbortSignal;
  write(bytes: Buffer): void;
  /** Resolves true when the client has read on; at once if it has nothing unread. False: it is gone. */
  drained(): Promise<boolean>;
  end(): void;
};

/** A client of the feed over its open response. */
export function liveClient(response: Response, viewer: Viewer, stalledMs = STALLED_MS): LiveClient {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.setTimeout(stalledMs, () => response.destroy());
  return {
    viewer,
    seq: 0n,
    joined: false,
    calls: null,
    gone: gone.signal,
    write(bytes) {
      // one that is ended may take long to read what waits for it
      if (gone.signal.aborted || response.writableEnded) return;
      // what comes alone is written however large it is: else it would come again, and end the connection again, for ever
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(bytes);
    },
    async drained() {
      if (response.writableNeedDrain) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
      return !gone.signal.aborted;
    },
    end: () => void response.end(),
  };
}
