import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Directory } from '../../domain/directory/directory.ts';
import type { Change, CurrentMarks, CurrentSince, ReadModel } from '../../ports/readModel.ts';
import { describeError } from '../kit/logging.ts';
import type { FeedPosition } from './feedPosition.ts';

/** Changes read at once. */
export const BATCH = 200;
/** At most so often is the read model asked, however fast it changes. */
const PAUSE_MS = 100;
const RETRY_MS = 1_000;

export type TailListener = {
  /** who is who now; before all else */
  directory(directory: Directory): void;
  /** in their order, without gaps */
  changes(version: number, changes: readonly Change[]): void;
  /** what went before does not count any more: another version is served, or changes are lost */
  reset(position: FeedPosition): void;
  /** of the calls in progress that it knows */
  marks(): CurrentMarks;
  current(since: CurrentSince): void;
};

export type Tail = {
  /** where the listener stands; null before the first `refresh` */
  position(): FeedPosition | null;
  /** Tells the listener what is new. One look at a time; whoever calls meanwhile waits for the next one, and no longer. */
  refresh(): Promise<void>;
  /** From now on refreshes whenever the read model changes. */
  start(): void;
  stop(): void;
};

/** Follows the changes of the read model for one listener. */
export function createTail(readModel: ReadModel, listener: TailListener, logger: Logger): Tail {
  let position: FeedPosition | null = null;
  let looking: Promise<void> | null = null;
  let nextLook: Promise<void> | null = null;
  let stopListening: (() => void) | null = null;
  let retry: NodeJS.Timeout | undefined;

  function refresh(): Promise<void> {
    if (nextLook === null && looking === null) return begin();
    nextLook ??= (looking ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => pause(PAUSE_MS))
      .then(() => {
        nextLook = null;
        return begin();
      });
    return nextLook;
  }

  function begin(): Promise<void> {
    looking = look().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function look(): Promise<void> {
    listener.directory(await readModel.directory());
    const reached = await follow(position);
    // who begins again after a rest begins at the end, not where a look that outlived the rest has come
    position = stopListening ? reached : null;
    listener.current(await readModel.currentSince(listener.marks()));
  }

  async function follow(from: FeedPosition | null): Promise<FeedPosition> {
    const head = await readModel.feedHead();
    let at = from ?? head;
    while (at.version === head.version && at.seq < head.seq) {
      const changes = await readModel.changes(at.version, at.seq, BATCH);
      const last = changes?.at(-1);
      if (!changes || !last) break;
      listener.changes(at.version, changes);
      at = { version: at.version, seq: last.seq };
    }
    if (at.version === head.version && at.seq >= head.seq) return at;
    listener.reset(head);
    return head;
  }

  function wake(): void {
    refresh().catch((error: unknown) => {
      logger.warn({ err: describeError(error) }, 'the live feed cannot read what has changed; it tries again');
      clearTimeout(retry);
      if (stopListening) retry = setTimeout(wake, RETRY_MS);
    });
  }

  return {
    position: () => position,
    refresh,
    start() {
      stopListening ??= readModel.onChange(wake);
    },
    stop() {
      clearTimeout(retry);
      stopListening?.();
      stopListening = null;
      position = null;
    },
  };
}
