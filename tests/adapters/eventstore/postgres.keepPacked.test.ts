import { randomUUID } from 'node:crypto';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { keepPacked, openPostgresLog, type PackingTries } from '../../../src/adapters/eventstore/index.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { createPool } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';

const test = suite('packing what is old, for as long as the program runs');

const BLOCK = 4_096;

test('goes on behind what it cannot do, tells of each try that fails, and that one does not any more', async () => {
  const database = await createDatabase();
  const pool = createPool(database.url, { max: 1 });
  const log = await openPostgresLog({ url: database.url });
  const old = { v: 1, recorded_at: '2026-01-01T00:00:00.000000Z' };
  const events = Array.from({ length: BLOCK - 1 }, () => ({ id: randomUUID(), type: 'Said', data: {}, metadata: old }));
  await log.append('test-old', events, 'no_stream');
  await pool.query('alter table log.pack rename to away');
  const [stop, told]: [AbortController, (PackingTries | null)[]] = [new AbortController(), []];
  const lines: string[] = [];
  const keeping = keepPacked({
    url: database.url,
    days: 1,
    clock: systemClock,
    logger: pino({ level: 'info' }, { write: (line) => void lines.push(line) }),
    signal: stop.signal,
    onTries: (failed) => void told.push(failed),
    retries: { minMs: 1, maxMs: 5 },
  });
  await eventually('three tries that failed', () => told.length >= 3);
  assert.equal(
    told.slice(0, 3),
    [1, 2, 3].map((count) => ({ count, lastError: 'PostgreSQL 42P01' })),
  );
  await pool.query('alter table log.away rename to pack');
  await eventually('a try that does not fail', () => told.at(-1) === null);
  const { rows } = await pool.query<{ block: bigint }>('select distinct block from log.pack');
  assert.equal(rows, [{ block: BigInt(BLOCK) }]);
  stop.abort();
  await keeping;
  assert.is(lines.filter((line) => line.includes('cannot pack')).length, 1);
  await log.close();
  await pool.end();
  await database.drop();
});

test.run();
