import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectionSettings } from '../../src/postgres.ts';

/**
 * A new, empty database on the server that the runner started (a real PostgreSQL, the embedded one). Call `drop()` when
 * the file's tests are over; connections that are still open are ended by it. `settings` are those of `create database`.
 */
export async function createDatabase(settings = ''): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_POSTGRES_URL;
  if (server === undefined)
    throw new Error('TEST_POSTGRES_URL is not set: run tests by `node --import tsx tests/run.ts`');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} ${settings}`);
  const url = server.replace(/[^/]+$/, name);
  return { url, drop: () => onServer(server, `drop database if exists ${name} with (force)`) };
}

/** A database that cannot hold every name. */
export const LATIN1 = "encoding 'LATIN1' template template0 locale_provider libc locale 'C'";

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
