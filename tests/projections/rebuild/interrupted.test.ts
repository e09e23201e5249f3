import pino from 'pino';
import * as assert from 'uvu/assert';
import { streamOf } from '../../../src/domain/events.ts';
import { CommslogError, hasCode } from '../../../src/errors.ts';
import { type EventStore, readEvents } from '../../../src/ports/eventStore.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { type TestReadModel, withReadModel } from '../support/readModel.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './support.ts';

const test = suite('a switch that is interrupted', { deadlineMs: 60_000 });

type Append = EventStore['append'];

/** How the switch to version 2 goes wrong, and which version is served in the end. */
const CASES: readonly { name: string; served: 1 | 2; append: (append: Append, model: TestReadModel) => Append }[] = [
  {
    name: 'whose telling was stored without an answer, is done',
    served: 2,
    append: (append) => async (stream, events, expected) => {
      if (expected !== 'no_stream') await append(stream, events, expected).catch(() => undefined);
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'no answer');
    },
  },
  {
    name: 'whose telling was never stored and never answered, is not done',
    served: 1,
    append: () => async () => {
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'no answer');
    },
  },
  {
    name: 'whose connections to PostgreSQL end once the log was told, is done',
    served: 2,
    append:
      (append, { pool }) =>
      async (stream, events, expected) => {
        const stored = await append(stream, events, expected);
        await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
         where state = 'idle in transaction' and pid <> pg_backend_pid() and datname = current_database()`,
        );
        return stored;
      },
  },
];

for (const { name, served, append } of CASES) {
  test(`${name}, and log and pointer agree without a start in between`, async () => {
    await withBuilt(async (model) => {
      const running = runAll(model);
      const failing = rebuildsOf({ ...model, log: { ...model.log, append: append(model.log.append, model) } });
      await failing.activate(2, { force: false }, ADMIN).catch(() => undefined);
      await eventually('it is settled', async () => !(await isSwitching(model)));
      assert.equal([await servedIn(model), await toldIn(model)], [served, served]);
      await running.stop();
    });
  });
}

test('by the end of the process before the log was told, is not done, and the log is told that', async () => {
  await withBuilt(async (model) => {
    await model.pool.query('update commslog.read_model_version set switching = true where version = 2');
    const running = runAll(model);
    await eventually('it is settled', async () => !(await isSwitching(model)));
    assert.equal([await servedIn(model), await toldIn(model)], [1, 1]);
    assert.is((await readEvents(model.log, streamOf.readModel)).length, 2);
    await running.stop();
  });
});

test('is settled for good: what the log stores afterwards comes too late', async () => {
  await withBuilt(async (model) => {
    let late = async () => {};
    const append: Append = async (stream, events, expected) => {
      late = async () => {
        await model.log.append(stream, events, expected);
      };
      throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'no answer');
    };
    await rebuildsOf({ ...model, log: { ...model.log, append } })
      .activate(2, { force: false }, ADMIN)
      .catch(() => undefined);
    const running = runAll(model);
    await eventually('it is settled', async () => !(await isSwitching(model)));
    const error: unknown = await late().catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'WRONG_EXPECTED_REVISION'), String(error));
    assert.equal([await servedIn(model), await toldIn(model)], [1, 1]);
    await running.stop();
  });
});

test('is said when a start finds that the log was told otherwise than the pointer stands', async () => {
  await withBuilt(async (model) => {
    const switched = runAll(model);
    await rebuildsOf(model).activate(2, { force: false }, ADMIN);
    await switched.stop();
    // as after a backup of the database from before the switch
    await model.pool.query(`
      update commslog.read_model_version set state = case version when 1 then 'active' else 'ready' end;
      update commslog.read_model set active_version = 1`);
    const lines: string[] = [];
    const running = runAll(model, { logger: pino({}, { write: (line) => lines.push(line) }) });
    await eventually('it is done', async () => (await servedIn(model)) === 2);
    assert.match(lines.join(''), 'an interrupted switch is done now');
    await running.stop();
  });
});

test('to a version that is gone is not done, and the log is told that', async () => {
  await withBuilt(async (model) => {
    const switched = runAll(model);
    await rebuildsOf(model).activate(2, { force: false }, ADMIN);
    await switched.stop();
    await model.pool.query(`
      update commslog.read_model_version set state = case version when 1 then 'active' else 'dropped' end;
      update commslog.read_model set active_version = 1`);
    const running = runAll(model);
    await eventually('the log is told', async () => (await toldIn(model)) === 1);
    assert.is(await servedIn(model), 1);
    await running.stop();
  });
});

test('leaves nothing to settle when it was refused', async () => {
  await withBuilt(async (model) => {
    const append: Append = async () => {
      throw new CommslogError('LOG_UNAVAILABLE', 'the log is away');
    };
    const failing = rebuildsOf({ ...model, log: { ...model.log, append } });
    const error: unknown = await failing.activate(2, { force: false }, ADMIN).catch((reason: unknown) => reason);
    assert.match(String(error), 'the log is away');
    assert.is(await isSwitching(model), false);
  });
});

/** A model with version 2 built and ready. */
async function withBuilt(work: (model: TestReadModel) => Promise<void>): Promise<void> {
  await withReadModel(async (model) => {
    const running = runAll(model);
    await rebuilt(rebuildsOf(model));
    await running.stop();
    await work(model);
  });
}

async function isSwitching({ pool }: TestReadModel): Promise<boolean> {
  const { rows } = await pool.query('select bool_or(switching) as any from commslog.read_model_version');
  return rows[0]?.any === true;
}

async function servedIn({ pool }: TestReadModel): Promise<number> {
  return (await pool.query('select active_version from commslog.read_model')).rows[0]?.active_version;
}

/** The version that the log was told last to be served. */
async function toldIn({ log }: TestReadModel): Promise<unknown> {
  return (await readEvents(log, streamOf.readModel)).at(-1)?.data.version;
}

test.run();
