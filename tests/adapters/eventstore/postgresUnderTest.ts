import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { createPool } from '../../../src/postgres.ts';
import { createDatabase } from '../../support/postgres.ts';
import { createProxy } from './network.ts';
import { packingAlong } from './packing.ts';
import type { LogUnderTest } from './underTest.ts';

const STATEMENT_TIMEOUT_MS = 1_000;
/** Hundreds of appends may come at once, each packed behind the other. */
const MAX_WAIT_MS = 60_000;

/** A log in a database of its own, reached through a proxy that can misbehave; `pack` is done behind each append. */
export async function createPostgresUnderTest(
  pack?: (pool: pg.Pool, schema: string) => Promise<void>,
): Promise<LogUnderTest & { readonly directUrl: string }> {
  const database = await createDatabase();
  const address = new URL(database.url);
  const proxy = await createProxy({ host: address.hostname, port: Number(address.port) }, (bytes) =>
    bytes.includes('commit'),
  );
  const url = new URL(database.url);
  url.port = String(proxy.port);
  url.hostname = '127.0.0.1';
  const packing = createPool(database.url, { max: 1, waitMs: MAX_WAIT_MS });
  const open = async (schema = 'log') => {
    const log = await openPostgresLog({ url: url.href, statementTimeoutMs: STATEMENT_TIMEOUT_MS, schema });
    return pack === undefined ? log : packingAlong(log, () => pack(packing, schema));
  };
  return {
    directUrl: database.url,
    network: proxy,
    open: () => open(),
    openOther: () => open(`other_${randomBytes(4).toString('hex')}`),
    async drop() {
      await Promise.all([packing.end(), proxy.close()]);
      await database.drop();
    },
  };
}
