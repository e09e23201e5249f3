import pino from 'pino';
import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { CommslogError } from '../../src/errors.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { ADMIN, rebuildsOf, runAll, untilReady } from './rebuild/support.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerTold } from './support/events.ts';
import { catchUp, runProjector, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('what the projector makes of an error', { deadlineMs: 60_000 });

const AT = 1_795_000_000_000_000 as Micros;
const CALLS = ['inbound-answered', 'outbound-busy'].map(demoRecording);
const LOOK_AGAIN_MS = 50;

test('what PostgreSQL cannot index is parked, its neighbours are projected, and what waits says it', async () => {
  await withReadModel(async (model) => {
    const { schema } = model.version;
    await model.pool.query(`
      create function ${schema}.key_of(id text) returns text immutable language sql as
        $$ select case id when 'long' then string_agg(md5(n::text), '') end from generate_series(1, 300) as n $$;
      create index on ${schema}.customer (${schema}.key_of(id))`);
    await appendCalls(model, ['before', 'long', 'after']);
    await catchUp(model);
    assert.equal(await parkedIn(model), [['customer-long', 'PostgreSQL 54000']]);
    assert.is((await rebuildsOf(model).waiting()).parked, 1);
    await assertAgreesWithLog(model);
  });
});

for (const state of ['54000', '22001', '23514'] as const) {
  test(`a fact of a call whose rows are refused by ${state} is parked alone, live and when it is built`, async () => {
    await withReadModel(async (model) => {
      await model.pool.query(refusing(model.version.schema, 'customer', `new.id = 'bad'`, state));
      await appendCalls(model, ['good', 'bad', 'better']);
      await catchUp(model);
      assert.equal(await parkedIn(model), [['customer-bad', `PostgreSQL ${state}`]]);
      await assertAgreesWithLog(model);

      const { version } = await rebuildsOf(model).request(null, 'api', ADMIN);
      await model.pool.query(refusing(`read_v${version}`, 'customer', `new.id = 'bad'`, state));
      const running = runAll(model);
      assert.is((await untilReady(rebuildsOf(model), version)).parked, 1);
      await running.stop();
    });
  });
}

test('what is in no table is parked once it has come again and again while others go through', async () => {
  await withReadModel(async (model) => {
    await model.pool.query(refusing(model.version.schema, 'customer', `new.id = 'bad'`, 'P0001'));
    await appendCalls(model, ['good', 'bad', 'better']);
    await catchUp(model);
    assert.equal(await parkedIn(model), [['customer-bad', 'PostgreSQL P0001']]);
    await assertAgreesWithLog(model);
  });
});

test('while nothing goes through, nothing is parked, a person is told, and it goes on once it is mended', async () => {
  await withReadModel(async (model) => {
    const { schema } = model.version;
    await appendCalls(model, ['good', 'better']);
    await model.pool.query(`alter table ${schema}.customer_number rename to away`);
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await eventually('somebody is told', async () => (await rebuilds.waiting()).stuck.length > 0);
    const [stuck] = (await rebuilds.waiting()).stuck;
    assert.is(stuck?.version, 1);
    assert.match(String(stuck?.error), /^PostgreSQL 42P01, after \d+ tries$/);
    assert.equal(await parkedIn(model), []);
    await model.pool.query(`alter table ${schema}.away rename to customer_number`);
    await eventually('it goes on', async () => (await rebuilds.waiting()).stuck.length === 0);
    await running.stop();
    await catchUp(model);
    await assertAgreesWithLog(model);
  });
});

test('a log that refuses access does not end it: a person is told at once, and it goes on by itself', async () => {
  await withReadModel(async (model) => {
    const log = refusableLog(model.log);
    const told: (string | null)[] = [];
    const lines: string[] = [];
    const logger = pino({}, { write: (line) => lines.push(line) });
    log.refuse(true);
    const projector = runProjector({ ...model, log }, logger, {
      lookAgainMs: LOOK_AGAIN_MS,
      tellObstacle: async (obstacle) => {
        told.push(obstacle);
      },
    });
    const end = await appendCalls(model, ['good']);
    await eventually('it is told', () => told.length > 0);
    assert.is(told[0], 'not you [LOG_ACCESS_DENIED]');
    assert.match(lines.join(''), 'the read model cannot go on: not you');
    log.refuse(false);
    await projector.reach(end);
    await projector.stop();
    // how often it is tried until here is the machine's speed
    assert.ok(told.slice(1, -1).every((text) => /^not you \[LOG_ACCESS_DENIED\], after \d+ tries$/.test(text ?? '')));
    assert.is(told.at(-1), null);
    await assertAgreesWithLog(model);
  });
});

test('a right that is missing and a full disk are told in the version’s row, and nothing is parked', async () => {
  for (const state of ['42501', '53100']) {
    await withReadModel(async (model) => {
      await model.pool.query(refusing(model.version.schema, 'customer', 'true', state));
      await appendCalls(model, ['good']);
      const running = runAll(model, { lookAgainMs: LOOK_AGAIN_MS });
      const rebuilds = rebuildsOf(model);
      await eventually('it is told', async () => (await rebuilds.get(1)).error !== null);
      assert.is((await rebuilds.get(1)).error, `PostgreSQL ${state}`);
      assert.is((await rebuilds.get(1)).state, 'active');
      await model.pool.query(`drop trigger refusing on ${model.version.schema}.customer`);
      await eventually('it goes on', async () => (await rebuilds.get(1)).error === null);
      await running.stop();
      assert.equal(await parkedIn(model), []);
      await catchUp(model);
      await assertAgreesWithLog(model);
    });
  }
});

/** A trigger that refuses rows of a table with an SQLSTATE. */
function refusing(schema: string, table: string, when: string, state: string): string {
  return `
    create function ${schema}.refuse() returns trigger language plpgsql as
      $$ begin if ${when} then raise exception using errcode = '${state}'; end if; return new; end $$;
    create trigger refusing before insert or update on ${schema}.${table}
      for each row execute function ${schema}.refuse()`;
}

/** Calls of a PBX, and customers with these ids between them. The position of the last event. */
async function appendCalls({ log }: TestReadModel, customers: readonly string[]): Promise<bigint> {
  const told = await sessionOf('pbx', 0, CALLS);
  const registered = customers.map((id, at) => customerTold('CustomerRegistered', id, [`+30691234567${at}`], AT));
  return new Appending(log).append([...told.slice(0, 40), ...registered, ...told.slice(40)]);
}

async function parkedIn({ pool, version }: TestReadModel): Promise<unknown[]> {
  const { rows } = await pool.query(`select stream, error from ${version.schema}.parked order by position`);
  return rows.map(({ stream, error }) => [stream, error]);
}

/** The log, that refuses to be followed as long as it is told to. */
function refusableLog(log: EventStore): EventStore & { refuse(on: boolean): void } {
  let refuses = false;
  return {
    ...log,
    refuse(on) {
      refuses = on;
    },
    async head() {
      if (refuses) throw new CommslogError('LOG_ACCESS_DENIED', 'not you');
      return log.head();
    },
  };
}

test.run();
