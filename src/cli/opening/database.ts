import { runningEmbeddedPostgres, startEmbeddedPostgres } from '../../adapters/postgres/index.ts';
import type { Config } from '../../config.ts';
import { dataDirOf } from './dataDir.ts';
import { leavingNoServer } from './leavingNoServer.ts';

/** The database for one command: DATABASE_URL, else the embedded server that runs, else one for as long as the work takes. */
export async function withDatabase<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  const running = config.DATABASE_URL ?? (await runningEmbeddedPostgres(dataDirOf(config)));
  if (running !== null) return work(running);
  return leavingNoServer(async () => {
    const database = await startEmbeddedPostgres(dataDirOf(config));
    try {
      return await work(database.url);
    } finally {
      await database.stop();
    }
  });
}
