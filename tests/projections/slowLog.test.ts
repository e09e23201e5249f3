import type pg from 'pg';
import * as assert from 'uvu/assert';
import { type NewEvent, streamOf } from '../../src/domain/events.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { systemClock as clock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { retryParked } from '../../src/projections/following/retryParked.ts';
import { tryRules } from '../../src/projections/index.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './rebuild/support.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { personsEvent, type Told } from './support/events.ts';
import { misreading } from './support/misreading.ts';
import { catchUp, runProjector, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';
import { slowLog } from './support/slowLog.ts';

const test = suite('a log that does not answer', { deadlineMs: 60_000 });

const ALL = { version: null, positions: null, after: null };
const AT = 1_796_000_000_000_000 as Micros;
const MANUAL = '5d2f8a34-8a0e-4b55-a6f9-000000000001';
const BY_HAND = {
  customer_id: 'a',
  direction: 'inbound',
  duration_seconds: 60,
  notes: 'logged',
  occurred_at: toRfc3339(AT),
  request_hash: null,
};
const RECORDINGS = ['inbound-queue', 'inbound-transferred'].map(demoRecording);

test('holds no transaction of a projector that needs a call from it, and another one goes on', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, RECORDINGS);
    const appending = new Appending(model.log);
    const middle = Math.floor(told.length / 3);
    await appending.append(told.slice(0, middle));
    await catchUp(model);

    const log = slowLog(model.log);
    log.hold();
    const waiting = runProjector({ ...model, log });
    const some = await appending.append(told.slice(middle, 2 * middle));
    await log.asked();
    await assertNoneWaits(model);
    await catchUp(model);
    assert.is((await storedTables(model.pool, model.version.schema)).position, some);

    log.answer();
    await waiting.reach(await appending.append(told.slice(2 * middle)));
    await waiting.stop();
    await assertAgreesWithLog(model);
  });
});

test('holds none of what people said of a call that was logged by hand', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([saidByHand('CallLogged', BY_HAND)]);
    await catchUp(model);
    const log = slowLog(model.log);
    log.hold();
    const waiting = runProjector({ ...model, log });
    const end = await appending.append([saidByHand('NoteAdded', { text: 'called back' })]);
    await log.asked();
    await assertNoneWaits(model);
    log.answer();
    await waiting.reach(end);
    await waiting.stop();
    assert.is((await storedTables(model.pool, model.version.schema)).parked.size, 0);
    await assertAgreesWithLog(model);
  });
});

for (const type of ['BridgeEntered', 'PbxConnected', 'PbxDisconnected']) {
  test(`holds none while a parked ${type} is tried again, and the projector goes on meanwhile`, async () => {
    await withReadModel(async (model) => {
      const told = [...(await sessionOf('pbx', 0, RECORDINGS)), ...(await sessionOf('pbx', 2, RECORDINGS, AT))];
      const misread = new Set(told.filter(({ event }) => event.type === type).map(({ event }) => event.id));
      const appending = new Appending(model.log);
      const [before, after] = [told.slice(0, -10), told.slice(-10)];
      await appending.append(before);
      await catchUp({ ...model, log: misreading(model.log, misread) });

      const log = slowLog(model.log);
      log.hold();
      const retrying = retryParked({ ...model, log, clock }, ALL);
      await log.asked();
      await assertNoneWaits(model);
      await appending.append(after);
      await catchUp(model);
      log.answer();
      assert.equal((await retrying).failed, []);
      await assertAgreesWithLog(model);
    });
  });
}

test('holds none of a trial of other rules', async () => {
  await withReadModel(async (model) => {
    await new Appending(model.log).append(await sessionOf('pbx', 0, RECORDINGS));
    await catchUp(model);
    const log = slowLog(model.log);
    log.hold();
    const trial = tryRules({ pool: model.pool, log }, defaultRules('DE'), 10);
    await log.asked();
    await assertNoneWaits(model);
    log.answer();
    assert.is((await trial).calls, 2);
  });
});

test('holds none while it is told of a switch, nor while it is asked whether it was told of one that broke off', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const asked: string[] = [];
    const log = {
      ...model.log,
      async append(...append: Parameters<EventStore['append']>) {
        await assertNoneWaits(model);
        asked.push(append[0]);
        return model.log.append(...append);
      },
    };
    const rebuilds = rebuildsOf({ ...model, log });
    const { version } = await rebuilt(rebuilds);
    await rebuilds.activate(version, { force: false }, ADMIN);
    await running.stop();
    await model.pool.query('update commslog.read_model_version set switching = true where version = 1');
    const settling = runAll({ ...model, log });
    await eventually('it is settled', async () => {
      const { rows } = await model.pool.query('select from commslog.read_model_version where switching');
      return rows.length === 0;
    });
    await settling.stop();
    assert.equal(asked.slice(-2), [streamOf.readModel, streamOf.readModel]);
  });
});

function saidByHand(type: string, data: NewEvent['data']): Told {
  return { stream: streamOf.manual(MANUAL), event: personsEvent(type, data, AT) };
}

/** One that waits for the log would not end. */
async function assertNoneWaits({ pool }: { readonly pool: pg.Pool }): Promise<void> {
  await eventually('no transaction is open', async () => {
    const { rows } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    return rows.length === 0;
  });
}

test.run();
