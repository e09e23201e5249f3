import pg from 'pg';
import { runningEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { connectionSettings } from '../../src/postgres.ts';

/** Runs `work` on a connection of an operator to the embedded PostgreSQL of a DATA_DIR. */
export async function onPostgres<T>(folder: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = await runningEmbeddedPostgres(folder);
  if (url === null) throw new Error('the embedded PostgreSQL does not answer');
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
