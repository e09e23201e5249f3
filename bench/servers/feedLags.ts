import { setTimeout as pause } from 'node:timers/promises';
import { openFeed } from './requests.ts';
import type { Servers } from './servers.ts';

const MEASURED_MS = 30_000;
/** What is committed so near the beginning or the end may come to nobody who is measured. */
const MARGIN_MS = 3_000;

/** In ms, from the commit of a change to a reader: of the feed of the server that projects, and of the others. */
export type FeedLags = { readonly own: readonly number[]; readonly others: readonly number[] };

/** Errors: a change never came. */
export async function feedLags({ whole, onlyHttp, tokens, pool }: Servers): Promise<FeedLags> {
  const [token = ''] = tokens;
  const stop = new AbortController();
  const from = Date.now() + MARGIN_MS;
  const readers = [whole, ...onlyHttp].map((url) => arrivals(url, token, stop.signal));
  await pause(MEASURED_MS + 2 * MARGIN_MS);
  stop.abort();
  const [own = new Map(), ...others] = await Promise.all(readers);
  const { rows } = await pool.query<{ seq: string; at: number }>(
    `select seq, at from (
       select seq::text, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8 as at from read_v1.changes
     ) as committed where at between $1 and $2`,
    [from, from + MEASURED_MS],
  );
  const lagsOf = (arrived: ReadonlyMap<string, number>) =>
    rows.map(({ seq, at }) => {
      const came = arrived.get(seq);
      if (came === undefined) throw new Error('a change never came');
      return came - at;
    });
  return { own: lagsOf(own), others: others.flatMap(lagsOf) };
}

/** When each change came, by its number, until it is to end. */
async function arrivals(url: string, token: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const arrived = new Map<string, number>();
  const feed = (await openFeed(url, token)).setEncoding('utf8');
  signal.addEventListener('abort', () => feed.destroy(), { once: true });
  let line = '';
  try {
    for await (const text of feed) {
      const now = performance.timeOrigin + performance.now();
      const lines = `${line}${text}`.split('\n');
      line = lines.pop() ?? '';
      for (const one of lines) {
        const [, seq] = /^id: \d+:(\d+)$/.exec(one) ?? [];
        if (seq !== undefined) arrived.set(seq, now);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return arrived;
}
