/**
 * Importing call records from a Master.csv into the log in PostgreSQL, in a process of its own as the product does it, beside
 * bare INSERTs of as many events; and the memory that it takes at most, beside the bound.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import { createPool } from '../src/postgres.ts';
import { bareInsert } from './append/bareInsert.ts';
import { batchOf } from './append/batches.ts';
import type { Imported } from './importing/importer.ts';
import { writeMasterCsv } from './importing/masterCsv.ts';
import type { BenchLine } from './line.ts';
import { seconds } from './timing.ts';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const MAX_MIB = 300;
const BARE = 20_000;
const BATCH = 500;

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  try {
    const file = join(folder, 'Master.csv');
    await writeMasterCsv(file, RECORDS);
    const log = await openPostgresLog({ url: server.url });
    await log.close();
    const pool = createPool(server.url);
    const bare = BARE / (await seconds(() => insertBare(pool)));
    await pool.end();
    const first = await importing(server.url, file);
    const again = await importing(server.url, file);
    const rate = RECORDS / first.seconds;
    const of = `import: ${RECORDS} call records`;
    yield { bench: `${of}, beside bare INSERTs`, value: rate, unit: 'records/s', baseline: bare, ratio: rate / bare };
    const known = RECORDS / again.seconds;
    yield {
      bench: `${of} that are there, beside the first time`,
      value: known,
      unit: 'records/s',
      baseline: rate,
      ratio: known / rate,
    };
    const mib = Math.max(first.maxMiB, again.maxMiB);
    yield {
      bench: `${of}: memory, beside its bound`,
      value: mib,
      unit: 'MiB',
      baseline: MAX_MIB,
      ratio: mib / MAX_MIB,
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function insertBare(pool: pg.Pool): Promise<void> {
  await pool.query('create table bare (like log.event including all)');
  for (let at = 0; at < BARE; at += BATCH) await bareInsert(pool, at, batchOf(BATCH));
}

async function importing(url: string, file: string): Promise<Imported> {
  const importer = fork(fileURLToPath(new URL('./importing/importer.ts', import.meta.url)), [url, file]);
  const [[told], [code]] = await Promise.all([once(importer, 'message'), once(importer, 'exit')]);
  if (code !== 0) throw new Error('the import failed');
  return told as Imported;
}
