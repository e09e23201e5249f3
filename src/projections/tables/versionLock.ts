import pg from 'pg';
import { connectionSettings } from '../../postgres.ts';

/** With the version's number it makes the advisory lock of whoever keeps that version up to date. */
const VERSION_LOCK = 7_266_002;

export type VersionLock = {
  /** aborts when the connection that holds the lock is lost */
  readonly lost: AbortSignal;
  release(): Promise<void>;
};

/**
 * Takes the lock on a version, on a connection of its own. Null when another process has it. What is written is safe
 * without it (the checkpoint moves by compare-and-set); it keeps two from doing the same work.
 */
export async function tryVersionLock(url: string, version: number): Promise<VersionLock | null> {
  const client = new pg.Client(connectionSettings(url));
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [
      VERSION_LOCK,
      version,
    ]);
    if (rows[0]?.held === true) return { lost: lost.signal, release: () => client.end() };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}
