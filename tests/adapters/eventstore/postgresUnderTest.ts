import { randomBytes } from 'node:crypto';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { createDatabase } from '../../support/postgres.ts';
import { createProxy } from './network.ts';
import type { LogUnderTest } from './underTest.ts';

const STATEMENT_TIMEOUT_MS = 1_000;

/** A log in a database of its own, reached through a proxy that can misbehave. */
export async function createPostgresUnderTest(): Promise<LogUnderTest & { readonly directUrl: string }> {
  const database = await createDatabase();
  const address = new URL(database.url);
  const proxy = await createProxy({ host: address.hostname, port: Number(address.port) }, (bytes) =>
    bytes.includes('commit'),
  );
  const url = new URL(database.url);
  url.port = String(proxy.port);
  url.hostname = '127.0.0.1';
  const open = (schema?: string) =>
    openPostgresLog({ url: url.href, statementTimeoutMs: STATEMENT_TIMEOUT_MS, ...(schema && { schema }) });
  return {
    directUrl: database.url,
    network: proxy,
    open: () => open(),
    openOther: () => open(`other_${randomBytes(4).toString('hex')}`),
    async drop() {
      await proxy.close();
      await database.drop();
    },
  };
}
