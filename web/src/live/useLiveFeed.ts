import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { KEYS } from '../api/comms.ts';
import { ME } from '../api/session.ts';
import type { CurrentCall, Listed } from '../api/types.ts';
import { putEntry, takeOut } from './listCache.ts';
import { throttled } from './throttled.ts';

/** Counts and the first page are asked again at most so often, however many calls there are. */
const ASK_AGAIN_MS = 1_500;
/** A feed that is away for less is nobody's business. */
const LOST_AFTER_MS = 3_000;
/** The browser comes back to a feed by itself, but not to one that was refused (a proxy's 502, a session that is over). */
const OPEN_AGAIN_MS = 5_000;

type Current = { readonly whole: boolean; readonly calls: readonly CurrentCall[]; readonly ended: readonly string[] };

/** Follows the live feed into the caches. Returns whether it is lost. */
export function useLiveFeed(): boolean {
  const queries = useQueryClient();
  const [lost, setLost] = useState(false);
  const [feeds, setFeeds] = useState(1);

  useEffect(() => {
    if (feeds === 0) return;
    const feed = new EventSource('/api/crm/comms/live');
    let openAgain: number | undefined;
    let away: number | undefined;
    const askAgain = throttled(ASK_AGAIN_MS, () => {
      void queries.invalidateQueries({ queryKey: KEYS.head });
      void queries.invalidateQueries({ queryKey: KEYS.counts });
    });
    const on = <T>(name: string, act: (data: T) => void) =>
      feed.addEventListener(name, (event: MessageEvent<string>) => act(JSON.parse(event.data)));

    on<{ entry: Listed }>('upsert', ({ entry }) => {
      putEntry(queries, entry);
      askAgain();
    });
    for (const name of ['removed', 'merged']) {
      on<{ id: string }>(name, ({ id }) => {
        takeOut(queries, id);
        askAgain();
      });
    }
    on('reset', () => void queries.invalidateQueries({ queryKey: KEYS.comms }));
    on<Current>('current', ({ whole, calls, ended }) => {
      queries.setQueryData<CurrentCall[]>(KEYS.current, (before = []) => {
        const gone = new Set([...ended, ...calls.map(({ id }) => id)]);
        return [...calls, ...(whole ? [] : before.filter(({ id }) => !gone.has(id)))];
      });
    });
    feed.addEventListener('open', () => {
      clearTimeout(away);
      away = undefined;
      setLost(false);
      askAgain();
    });
    feed.addEventListener('error', () => {
      away ??= window.setTimeout(() => setLost(true), LOST_AFTER_MS);
      if (feed.readyState !== EventSource.CLOSED) return;
      void queries.invalidateQueries({ queryKey: ME });
      openAgain = window.setTimeout(() => setFeeds((count) => count + 1), OPEN_AGAIN_MS);
    });
    return () => {
      clearTimeout(away);
      clearTimeout(openAgain);
      askAgain.cancel();
      feed.close();
    };
  }, [queries, feeds]);

  return lost;
}
