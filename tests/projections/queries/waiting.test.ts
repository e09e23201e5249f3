import pg from 'pg';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { connectionSettings } from '../../../src/postgres.ts';
import { createChangeSignal } from '../../../src/projections/queries/changeSignal.ts';
import { CHANGES_CHANNEL } from '../../../src/projections/tables/schema.ts';
import { suite } from '../../support/suite.ts';
import { openTables } from './tables.ts';

const test = suite('waiting for changes');
const logger = pino({ level: 'silent' });
const { url, readModel, tables, build, activate, close } = await openTables();
const client = new pg.Client(connectionSettings(url));

test.before(async () => {
  await client.connect();
});
test.after(async () => {
  await client.end();
  await close();
});

/** Counts calls; `reached(n)` resolves when there were so many. */
function counter() {
  let calls = 0;
  let look = () => {};
  return {
    calls: () => calls,
    count: () => {
      calls += 1;
      look();
    },
    reached: (n: number) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (calls >= n) resolve();
        };
        look();
      }),
  };
}

test('every notification wakes, also after the listening connection was lost', async () => {
  const signal = createChangeSignal({ url, channel: 'some_channel', fingerprint: async () => 'same', logger });
  const { count, reached } = counter();
  signal.onChange(count);
  // it says once that it listens, for what happened before
  await reached(1);
  await client.query('notify some_channel');
  await reached(2);
  const listening = `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen some_channel'`;
  assert.is((await client.query(listening)).rowCount, 1);
  await reached(3);
  await client.query('notify some_channel');
  await reached(4);
  await signal.close();
});

test('a change wakes although no notification ever comes', async () => {
  let fingerprint = 'before';
  let asked = 0;
  const signal = createChangeSignal({
    url: 'postgres://nobody@127.0.0.1:1/none',
    channel: 'some_channel',
    fingerprint: async () => {
      asked += 1;
      if (asked > 1) fingerprint = 'after';
      return fingerprint;
    },
    logger,
  });
  const { count, reached } = counter();
  signal.onChange(count);
  await reached(1);
  await signal.close();
});

test('who has stopped is not woken any more', async () => {
  const signal = createChangeSignal({ url, channel: 'some_channel', fingerprint: async () => 'same', logger });
  const [stopped, going] = [counter(), counter()];
  const stop = signal.onChange(stopped.count);
  signal.onChange(going.count);
  await going.reached(1);
  await stopped.reached(1);
  stop();
  await client.query('notify some_channel');
  await going.reached(2);
  assert.is(stopped.calls(), 1);
  await signal.close();
});

test('waiting for a position ends as soon as the active version has projected it', async () => {
  const never = new AbortController().signal;
  const position = async (to: bigint, version = 1) => {
    await tables(version).updateTable('checkpoint').set({ position: to }).execute();
    await client.query(`notify ${CHANGES_CHANNEL}`);
  };
  await position(10n);
  assert.is(await readModel.caughtUp(10n, never), true);
  const waiting = readModel.caughtUp(11n, never);
  await position(11n);
  assert.is(await waiting, true);

  const forTheNextVersion = readModel.caughtUp(12n, never);
  await build(2);
  await position(12n, 2);
  await activate(2);
  assert.is(await forTheNextVersion, true);
});

test('waiting for a position ends with false when the caller gives up', async () => {
  assert.is(await readModel.caughtUp(1_000n, AbortSignal.abort()), false);
  const patience = new AbortController();
  const waiting = readModel.caughtUp(1_000n, patience.signal);
  patience.abort();
  assert.is(await waiting, false);
});

test.run();
