import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { createPool, type PoolOptions } from '../../../src/postgres.ts';
import { Places } from '../../../src/projections/queries/places.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';

const test = suite('places of readers');

type Opened = {
  readonly places: Places;
  readonly pool: pg.Pool;
  /** what is asked of the server beside the places */
  readonly aside: pg.Pool;
  close(): Promise<void>;
};

async function open(mostWaiting: number, options: PoolOptions): Promise<Opened> {
  const { url, drop } = await createDatabase();
  const pool = createPool(url, options);
  const endedFrom = createPool(url, { max: 1 });
  const aside = createPool(url, { max: 1 });
  return {
    places: new Places({ pool, endedFrom, mostWaiting }),
    pool,
    aside,
    async close() {
      await Promise.all([pool, endedFrom, aside].map((one) => one.end()));
      await drop();
    },
  };
}

function asks(places: Places, gone?: AbortSignal): Promise<unknown> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: places.until(gone) }) });
  return sql`select pg_sleep(600)`.execute(db).catch((error: unknown) => error);
}

async function sleeping(aside: pg.Pool): Promise<number> {
  const { rows } = await aside.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
  );
  return rows[0].n;
}

test('what a reader asked for ends in PostgreSQL when it leaves, and its place is another’s', async () => {
  const { places, pool, aside, close } = await open(1, { max: 1 });
  try {
    for (let round = 0; round < 3; round += 1) {
      const gone = new AbortController();
      const asked = asks(places, gone.signal);
      await eventually('it is being read', async () => (await sleeping(aside)) === 1);
      gone.abort();
      assert.instance(await asked, Error);
      await eventually('it is ended', async () => (await sleeping(aside)) === 0);
      const db = new Kysely<unknown>({
        dialect: new PostgresDialect({ pool: places.until(new AbortController().signal) }),
      });
      // what ended the one before hits nobody else
      assert.is((await sql`select pg_sleep(0.05)`.execute(db)).rows.length, 1);
    }
    assert.is(pool.totalCount, 1);
  } finally {
    await close();
  }
});

test('who has left before there was a place takes none', async () => {
  const { places, pool, aside, close } = await open(5, { max: 1 });
  try {
    const [first, second] = [new AbortController(), new AbortController()];
    const reading = asks(places, first.signal);
    await eventually('it is being read', async () => (await sleeping(aside)) === 1);
    const waits = asks(places, second.signal);
    await eventually('the other waits', () => pool.waitingCount === 1);
    second.abort();
    first.abort();
    await Promise.all([reading, waits]);
    await eventually('none reads', async () => (await sleeping(aside)) === 0);
    assert.is(pool.waitingCount, 0);
    assert.is(await asks(places, second.signal).then((error) => error instanceof Error), true);
  } finally {
    await close();
  }
});

test('a few wait for a place, who comes then is told BUSY at once, and so is who waits too long', async () => {
  const { places, pool, aside, close } = await open(2, { max: 1, waitMs: 300 });
  const gone = new AbortController();
  try {
    const reading = asks(places, gone.signal);
    await eventually('it is being read', async () => (await sleeping(aside)) === 1);
    const waiting = [asks(places), asks(places)];
    await eventually('two wait', () => pool.waitingCount === 2);
    const beyond = asks(places);
    const first = await Promise.race([beyond, ...waiting]);
    assert.ok(hasCode(await beyond, 'BUSY') && first === (await beyond));
    for (const error of await Promise.all(waiting)) assert.ok(hasCode(error, 'BUSY'), String(error));
    gone.abort();
    await reading;
  } finally {
    await close();
  }
});

test('a statement that takes too long is ended by PostgreSQL, and its place goes on', async () => {
  const { places, aside, close } = await open(2, { max: 1, statementTimeoutMs: 100 });
  try {
    const error = await asks(places);
    assert.ok(error instanceof Error && 'code' in error && error.code === '57014', String(error));
    assert.is(await sleeping(aside), 0);
  } finally {
    await close();
  }
});

test.run();
