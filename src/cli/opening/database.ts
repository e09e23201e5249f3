import { runningEmbeddedPostgres, startEmbeddedPostgres } from '../../adapters/postgres/index.ts';
import type { Config } from '../../config.ts';
import { dataDirOf } from './dataDir.ts';

/** A database's URL, and how to let go of it. */
export type Database = { readonly url: string; readonly embedded: boolean; stop(): Promise<void> };

const NOTHING_TO_STOP = async () => {};

/** The database of a long-running process: DATABASE_URL, else an embedded server of its own. */
export async function openDatabase(config: Config): Promise<Database> {
  if (config.DATABASE_URL !== undefined) return { url: config.DATABASE_URL, embedded: false, stop: NOTHING_TO_STOP };
  const server = await startEmbeddedPostgres(dataDirOf(config));
  return { url: server.url, embedded: true, stop: server.stop };
}

/** The database for one command: DATABASE_URL, else the embedded server that runs, else one for as long as the work takes. */
export async function withDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  const running = config.DATABASE_URL ?? (await runningEmbeddedPostgres(dataDirOf(config)));
  if (running !== null) return work(running);
  const database = await openDatabase(config);
  try {
    return await work(database.url);
  } finally {
    await database.stop();
  }
}
