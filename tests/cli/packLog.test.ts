import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { createPool } from '../../src/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { createDatabase } from '../support/postgres.ts';
import { command, startServe } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog pack-log', { deadlineMs: 240_000 });

const BLOCK = 4_096;
const DAY_MS = 86_400_000;

/** A log with two blocks and a rest that were recorded ten days ago; its database, and how much of it is packed. */
async function withOldLog(
  work: (settings: Record<string, string>, packed: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const database = await createDatabase();
  const pool = createPool(database.url, { max: 1 });
  const log = await openPostgresLog({ url: database.url });
  const metadata = { v: 1, recorded_at: new Date(Date.now() - 10 * DAY_MS).toISOString() };
  for (let n = 0; n < 9; n += 1) {
    const events = Array.from({ length: 1_000 }, () => ({ id: randomUUID(), type: 'Said', data: { n }, metadata }));
    await log.append(`test-${n}`, events, 'no_stream');
  }
  const packed = async () => {
    const { rows } = await pool.query<{ block: bigint }>('select coalesce(max(block), 0) as block from log.pack');
    return Number(rows[0]?.block);
  };
  try {
    await inTemporaryFolder((folder) =>
      work({ DATABASE_URL: database.url, DATA_DIR: folder, HTTP_PORT: '0', DEMO: 'off' }, packed),
    );
  } finally {
    await log.close();
    await pool.end();
    await database.drop();
  }
}

test('packs what is old enough, says what it takes, and gives room back when it is asked to', () =>
  withOldLog(async (settings, packed) => {
    const young = await command(['pack-log', '--days', '11'], settings);
    assert.is(young.status, 0, young.stderr);
    assert.match(young.stdout, /^0 events were packed/);
    const done = await command(['pack-log'], settings);
    assert.is(done.status, 0, done.stderr);
    assert.match(done.stdout, new RegExp(`^${2 * BLOCK} events were packed, which take [\\d.]+ kB now`));
    assert.match(done.stderr, '--shrink');
    assert.is(await packed(), 2 * BLOCK);
    const shrunk = await command(['pack-log', '--shrink'], settings);
    const [, after, before] = /The log takes ([\d.]+ .B); before it took ([\d.]+ .B)/.exec(shrunk.stdout) ?? [];
    const bytes = (text = '') => Number.parseFloat(text) * (text.endsWith('MB') ? 1_000 : 1);
    assert.ok(bytes(after) < bytes(before) / 2, shrunk.stdout);
  }));

test('is refused where nothing can be packed, or nobody says how old it has to be', () =>
  withOldLog(async (settings, packed) => {
    const never = await command(['pack-log'], { ...settings, PACK_AFTER_DAYS: '0' });
    assert.is(never.status, 1);
    assert.match(never.stderr, /--days.*\[CONFIG_INVALID\]/);
    const elsewhere = await command(['pack-log'], { ...settings, EVENTSTORE_URL: 'esdb://127.0.0.1:1' });
    assert.match(elsewhere.stderr, /EventStoreDB.*\[CONFIG_INVALID\]/);
    assert.is(await packed(), 0);
  }));

test('is what serve does by itself, after so many days as are set', () =>
  withOldLog(async (settings, packed) => {
    const served = await startServe({ ...settings, PACK_AFTER_DAYS: '9' });
    await eventually('two blocks are packed', async () => (await packed()) === 2 * BLOCK);
    assert.is(await served.stop(), 0);
  }));

test.run();
