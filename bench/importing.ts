/**
 * Importing call records from a Master.csv into the log in PostgreSQL, in a process of its own as the product does it, beside
 * bare INSERTs of as many events; the memory that it takes at most, beside the bound; and how fast they become rows, beside
 * reading the log. BENCH_RECORDS says how many records. With BENCH_EVENTSTORE_URL, best of a server that holds nothing yet:
 * also into EventStoreDB, beside bare appends.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
import { bareAppends } from './importing/eventStoreDb.ts';
import type { Imported } from './importing/importer.ts';
import { writeMasterCsv } from './importing/masterCsv.ts';
import type { BenchLine } from './line.ts';
import { buildVersion } from './projection/buildVersion.ts';
import { readChecked } from './projection/readChecked.ts';
import { seconds } from './timing.ts';

const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
/** Of the same records, those that are imported once more. */
const KNOWN = Math.min(RECORDS, 100_000);
const EVENTSTORE_URL = process.env.BENCH_EVENTSTORE_URL ?? process.env.EVENTSTORE_TEST_URL;
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
    const known = join(folder, 'Known.csv');
    await writeMasterCsv(known, KNOWN);
    const again = await importing(server.url, known);
    const rate = RECORDS / first.seconds;
    const of = `import: ${RECORDS} call records`;
    yield { bench: `${of}, beside bare INSERTs`, value: rate, unit: 'records/s', baseline: bare, ratio: rate / bare };
    const rateOfKnown = KNOWN / again.seconds;
    yield {
      bench: `${of}, ${KNOWN} of them again, beside the first time`,
      value: rateOfKnown,
      unit: 'records/s',
      baseline: rate,
      ratio: rateOfKnown / rate,
    };
    const mib = Math.max(first.maxMiB, again.maxMiB);
    yield {
      bench: `${of}: memory, beside its bound`,
      value: mib,
      unit: 'MiB',
      baseline: MAX_MIB,
      ratio: mib / MAX_MIB,
    };
    yield await becomingRows(server.url, of);
    if (EVENTSTORE_URL !== undefined) yield await intoEventStoreDb(EVENTSTORE_URL, known);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function becomingRows(url: string, of: string): Promise<BenchLine> {
  const log = await openPostgresLog({ url });
  try {
    const baseline = RECORDS / (await seconds(async () => void (await readChecked(log))));
    const value = RECORDS / (await buildVersion(url, log, 1));
    const bench = `${of} become rows, beside reading the log`;
    return { bench, value, unit: 'records/s', baseline, ratio: value / baseline };
  } finally {
    await log.close();
  }
}

/** A server that has had earlier benchmarks knows no PBX of this one. */
async function intoEventStoreDb(url: string, file: string): Promise<BenchLine> {
  const baseline = KNOWN / (await bareAppends(url, KNOWN));
  const value = KNOWN / (await importing(url, file, `bench_${randomBytes(6).toString('hex')}`)).seconds;
  const bench = `import: ${KNOWN} call records into EventStoreDB, beside bare appends`;
  return { bench, value, unit: 'records/s', baseline, ratio: value / baseline };
}

async function insertBare(pool: pg.Pool): Promise<void> {
  await pool.query('create table bare (like log.event including all)');
  for (let at = 0; at < BARE; at += BATCH) await bareInsert(pool, at, batchOf(BATCH));
}

async function importing(url: string, file: string, pbx = 'bench'): Promise<Imported> {
  const importer = fork(fileURLToPath(new URL('./importing/importer.ts', import.meta.url)), [url, file, pbx]);
  const [[told], [code]] = await Promise.all([once(importer, 'message'), once(importer, 'exit')]);
  if (code !== 0) throw new Error('the import failed');
  return told as Imported;
}
