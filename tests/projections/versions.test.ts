import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { CommslogError, hasCode } from '../../src/errors.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createPool } from '../../src/postgres.ts';
import { controlDb, ensureVersion, migrate } from '../../src/projections/index.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { RULES, silent, withReadModel } from './support/readModel.ts';

const test = suite('read-model versions');

test('begin with version 1, and the log is told its rules and that it is active', async () => {
  await withReadModel(async ({ log, version }) => {
    const [accepted] = await eventsIn(log, 'system-rules');
    const [activated] = await eventsIn(log, 'system-read-model');
    assert.equal([accepted?.type, accepted?.data], ['RulesAccepted', { rules: RULES, source: 'default' }]);
    const { derivation } = version;
    assert.equal([activated?.type, activated?.data], ['ReadModelActivated', { version: 1, derivation }]);
  });
});

test('go on with their own rules at a later start, whatever rules it is given', async () => {
  await withReadModel(async ({ db, log, version }) => {
    const rules = defaultRules('DE');
    const again = await ensureVersion({ db, log, rules, rulesSource: 'file', clock: systemClock });
    assert.equal([again.version, again.derivation, again.rules], [version.version, version.derivation, RULES]);
    assert.is((await eventsIn(log, 'system-rules')).length, 1);
  });
});

for (const appends of [0, 1, 2]) {
  test(`say nothing twice when the first start was interrupted after ${appends} events`, async () => {
    await withEmptyDatabase(async (db, log) => {
      await migrate(db);
      const start = (store: EventStore) =>
        ensureVersion({ db, log: store, rules: RULES, rulesSource: 'default', clock: systemClock });
      if (appends < 2) {
        const error: unknown = await start(failingAfter(log, appends)).catch((reason) => reason);
        assert.ok(hasCode(error, 'LOG_UNAVAILABLE'), String(error));
      } else {
        await start(log);
        await db.withSchema('commslog').updateTable('read_model').set({ active_version: null }).execute();
      }
      assert.is((await start(log)).version, 1);
      const said = [...(await eventsIn(log, 'system-rules')), ...(await eventsIn(log, 'system-read-model'))];
      assert.equal(
        said.map(({ type }) => type),
        ['RulesAccepted', 'ReadModelActivated'],
      );
    });
  });
}

test('are refused by a program that is older than the database, which is left as it is', async () => {
  await withReadModel(async ({ db, pool }) => {
    await pool.query(`insert into commslog.kysely_migration (name, timestamp) values ('9999_future', '')`);
    const error: unknown = await migrate(db).catch((reason) => reason);
    assert.ok(hasCode(error, 'SCHEMA_TOO_NEW'), String(error));
    assert.match(String(error), '9999_future');
  });
});

test('of an earlier program get the columns and tables that they lack', async () => {
  await withReadModel(async ({ db, pool, version }) => {
    await pool.query(`alter table ${version.schema}.checkpoint drop column retries`);
    await pool.query(`drop table ${version.schema}.erased_key`);
    await pool.query(`delete from commslog.kysely_migration where name >= '0004_retries'`);
    await db
      .withSchema('commslog')
      .insertInto('read_model_version')
      .values({ version: 2, schema_name: 'read_v2', derivation: 'x', rules: '{}', state: 'dropped' })
      .execute();
    await migrate(db);
    const { rows } = await pool.query(`select retries from ${version.schema}.checkpoint`);
    assert.equal(rows, [{ retries: 0n }]);
    assert.equal((await pool.query(`select * from ${version.schema}.erased_key`)).rows, []);
  });
});

test('have a control schema that several processes may bring up at once, and again', async () => {
  await withEmptyDatabase(async (db) => {
    await Promise.all([migrate(db), migrate(db), migrate(db)]);
    await migrate(db);
    const row = await db
      .withSchema('commslog')
      .selectFrom('read_model')
      .select(['singleton', 'active_version'])
      .execute();
    assert.equal(row, [{ singleton: true, active_version: null }]);
  });
});

async function withEmptyDatabase(
  work: (db: ReturnType<typeof controlDb>, log: EventStore) => Promise<void>,
): Promise<void> {
  const database = await createDatabase();
  const log = await openPostgresLog({ url: database.url, logger: silent });
  const pool = createPool(database.url, { max: 4 });
  const db = controlDb(pool);
  try {
    await work(db, log);
  } finally {
    await pool.end();
    await log.close();
    await database.drop();
  }
}

function failingAfter(log: EventStore, appends: number): EventStore {
  let left = appends;
  return {
    ...log,
    append: (...append) => {
      left -= 1;
      if (left < 0) return Promise.reject(new CommslogError('LOG_UNAVAILABLE', 'the log is away'));
      return log.append(...append);
    },
  };
}

async function eventsIn(log: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.readStream(stream)) events.push(...batch);
  return events;
}

test.run();
