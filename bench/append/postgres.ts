import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { createPool } from '../../src/postgres.ts';
import type { BenchLine } from '../line.ts';
import { bareInsert } from './bareInsert.ts';
import { batchOf, compare } from './batches.ts';

const ROUNDS = 5;
const BATCHES = 20;
const BATCH = 500;

/** Appends, one after the other, beside one INSERT of many rows into a table with the same columns and indexes. */
export async function* postgresAppends(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  const pool = createPool(server.url);
  try {
    const log = await openPostgresLog({ url: server.url });
    await pool.query('create table bare (like log.event including all)');
    let round = 0;
    let position = 0;
    const measured = await compare(ROUNDS, BATCHES * BATCH, {
      async ours() {
        const stream = `call-bench-${round++}`;
        for (let n = 0; n < BATCHES; n += 1)
          await log.append(stream, batchOf(BATCH), n === 0 ? 'no_stream' : BigInt(n * BATCH - 1));
      },
      async bare() {
        for (let n = 0; n < BATCHES; n += 1) {
          await bareInsert(pool, position, batchOf(BATCH));
          position += BATCH;
        }
      },
    });
    await log.close();
    yield { bench: 'append: 500 events a batch in PostgreSQL, beside a bare INSERT', unit: 'events/s', ...measured };
  } finally {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
