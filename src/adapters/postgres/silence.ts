import pg from 'pg';
import { sqlStateOf } from '../../errorPolicy.ts';
import { connectionSettings } from '../../postgres.ts';
import { pause } from '../../retry.ts';

export type SilenceTimings = {
  /** between two questions */
  readonly askEveryMs: number;
  /** how long an answer may take */
  readonly answerMs: number;
};

/** In a row: one alone is also what a machine looks like that slept. */
const MAX_UNANSWERED = 3;

/**
 * Asks a server for a new connection again and again. Resolves when it has not answered three times in a row, though its
 * process may live; never, once `signal` has aborted.
 */
export async function untilSilent(
  url: string,
  { askEveryMs, answerMs }: SilenceTimings,
  signal: AbortSignal,
): Promise<Error> {
  for (let unanswered = 0; unanswered < MAX_UNANSWERED; ) {
    await pause(askEveryMs, signal);
    if (signal.aborted) return new Promise<never>(() => {});
    unanswered = (await answersAnything(url, answerMs)) ? 0 : unanswered + 1;
  }
  return Object.assign(new Error('it did not answer any more'), { name: 'no answer' });
}

/** A refusal is an answer too: that it has no connection left, or is starting. */
async function answersAnything(url: string, answerMs: number): Promise<boolean> {
  const client = new pg.Client({ ...connectionSettings(url), connectionTimeoutMillis: answerMs });
  client.on('error', () => {});
  try {
    await client.connect();
    void client.end().catch(() => undefined);
    return true;
  } catch (error) {
    return error instanceof Error && sqlStateOf(error) !== null;
  }
}
