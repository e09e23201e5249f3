/** Catching up with a large log, beside only reading it into parsed, schema-checked events by the same adapter. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import { derivationOf } from '../src/domain/derivation.ts';
import { pbxConnectedSchema, pbxFactDataSchema, pbxFactMetadataSchema } from '../src/domain/events.ts';
import { defaultRules } from '../src/domain/rules.ts';
import { systemClock } from '../src/ports/clock.ts';
import { BEGINNING, type EventStore } from '../src/ports/eventStore.ts';
import { createPool } from '../src/postgres.ts';
import { createVersion } from '../src/projections/createVersion.ts';
import { controlDb, migrate, startProjector } from '../src/projections/index.ts';
import type { BenchLine } from './line.ts';
import { fillLog } from './projection/fillLog.ts';

const ROUNDS = 3;
const PBXS = 8;
const CALLS_A_PBX = 130;
const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  try {
    const log = await openPostgresLog({ url: server.url });
    const events = await fillLog(log, PBXS, CALLS_A_PBX);
    const read: number[] = [];
    const projected: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      read.push(events / (await seconds(() => readChecked(log))));
      projected.push(events / (await project(server.url, log, round)));
    }
    await log.close();
    const [value, baseline] = [median(projected), median(read)];
    yield {
      bench: 'projection: catching up, beside reading the log',
      value,
      unit: 'events/s',
      baseline,
      ratio: value / baseline,
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readChecked(log: EventStore): Promise<void> {
  for await (const batch of log.readAll(BEGINNING)) {
    for (const { stream, type, data, metadata } of batch) {
      if (stream.startsWith('call-')) {
        pbxFactDataSchema.parse(data);
        pbxFactMetadataSchema.parse(metadata);
      } else if (type === 'PbxConnected') {
        pbxConnectedSchema.parse(data);
      }
    }
  }
}

/** Seconds that a new version takes to catch up. */
async function project(url: string, log: EventStore, version: number): Promise<number> {
  const pool = createPool(url);
  const db = controlDb(pool);
  await migrate(db);
  const derivation = derivationOf(RULES);
  await createVersion(db, version, { logId: await log.logId(), rules: RULES, derivation });
  const head = await log.head();
  const stop = new AbortController();
  const took = await seconds(async () => {
    const projector = startProjector({
      version: { version, schema: `read_v${version}`, derivation, rules: RULES },
      pool,
      log,
      logger: pino({ level: 'silent' }),
      clock: systemClock,
      signal: stop.signal,
    });
    await projector.caughtUp(head, stop.signal);
    stop.abort();
    await projector.done;
  });
  await pool.end();
  return took;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
