import type { QueryClient } from '@tanstack/react-query';
import { CALL_BACKS } from '../api/callBacks.ts';
import { KEYS } from '../api/comms.ts';
import { DIRECTORY } from '../api/directory.ts';
import { ME } from '../api/session.ts';
import type { CurrentCall, Listed } from '../api/types.ts';
import { putEntry, removeEntry } from './listCache.ts';
import { throttled } from './throttled.ts';

/** Counts and the first page are asked again at most so often, however many calls there are. */
const ASK_AGAIN_MS = 1_500;
/** Who waits to be called back is asked again less often: it is asked page after page. */
const CALL_BACKS_AGAIN_MS = 5_000;
/** A feed that is away for less is nobody's business. */
const LOST_AFTER_MS = 3_000;
/** The browser comes back to a feed by itself, but not to one that was refused (a proxy's 502, a session that is over). */
const OPEN_AGAIN_MS = 5_000;

type Current = {
  readonly whole: boolean;
  readonly part: number;
  readonly of: number;
  readonly calls: readonly CurrentCall[];
  readonly ended: readonly string[];
};

/** Keeps the caches as the live feed says, for as long as it takes. Returns how to stop. */
export function followFeed(queries: QueryClient, tellLost: (lost: boolean) => void): () => void {
  let feed = open();
  let away: number | undefined;
  let later: number | undefined;
  /** calls in progress of the parts of a whole that have come */
  let all: readonly CurrentCall[] = [];
  const askHeads = throttled(ASK_AGAIN_MS, () => {
    void queries.invalidateQueries({ queryKey: KEYS.head });
    void queries.invalidateQueries({ queryKey: KEYS.counts });
  });
  const askCallBacks = throttled(CALL_BACKS_AGAIN_MS, () => {
    void queries.invalidateQueries({ queryKey: CALL_BACKS });
  });
  const askAgain = () => {
    askHeads();
    askCallBacks();
  };

  const changeCalls = (change: (before: readonly CurrentCall[]) => readonly CurrentCall[]) =>
    queries.setQueryData<readonly CurrentCall[]>(KEYS.current, (before = []) => change(before));

  function open(): EventSource {
    const source = new EventSource('/api/crm/comms/live');
    const on = <T>(name: string, act: (data: T) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => act(JSON.parse(event.data)));
    on<{ entry: Listed }>('upsert', ({ entry }) => {
      putEntry(queries, entry);
      askAgain();
    });
    for (const name of ['removed', 'merged']) {
      on<{ id: string }>(name, ({ id }) => {
        removeEntry(queries, id);
        askAgain();
      });
    }
    // also when who is who has changed, and with that what is shown to whom
    on('reset', () => {
      for (const queryKey of [KEYS.comms, CALL_BACKS, DIRECTORY, ME]) void queries.invalidateQueries({ queryKey });
    });
    on<Current>('current', ({ whole, part, of, calls, ended }) => {
      if (!whole) return changeCalls((before) => merged(before, calls, ended));
      all = part === 1 ? calls : [...all, ...calls];
      if (part === of) changeCalls(() => all);
    });
    source.addEventListener('open', () => {
      clearTimeout(away);
      away = undefined;
      tellLost(false);
      askAgain();
    });
    source.addEventListener('error', () => {
      away ??= window.setTimeout(() => tellLost(true), LOST_AFTER_MS);
      if (source.readyState !== EventSource.CLOSED) return;
      void queries.invalidateQueries({ queryKey: ME });
      later = window.setTimeout(() => {
        feed = open();
      }, OPEN_AGAIN_MS);
    });
    return source;
  }

  return () => {
    clearTimeout(away);
    clearTimeout(later);
    askHeads.cancel();
    askCallBacks.cancel();
    feed.close();
  };
}

function merged(
  before: readonly CurrentCall[],
  calls: readonly CurrentCall[],
  ended: readonly string[],
): readonly CurrentCall[] {
  const gone = new Set([...ended, ...calls.map(({ id }) => id)]);
  return [...calls, ...before.filter(({ id }) => !gone.has(id))];
}
