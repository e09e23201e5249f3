import { once } from 'node:events';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { connectionSettings } from '../../src/postgres.ts';
import { CHANGES_CHANNEL } from '../../src/projections/tables/schema.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { catchUp, runProjector, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('the projector');

test('turns what the PBX said into the rows that its facts fold to', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered'), demoRecording('inbound-transferred')]);
    const projector = runProjector(model);
    await projector.reach(await new Appending(model.log).append(told));
    await projector.stop();
    const { entries } = await storedTables(model.pool, model.version.schema);
    assert.is(entries.length, 2);
    await assertAgreesWithLog(model);
  });
});

test('tells of its progress, and whoever waits for more than there is until he gives up', async () => {
  await withReadModel(async (model) => {
    const projector = runProjector(model);
    const positions: bigint[] = [];
    projector.progress.onProgress((position) => positions.push(position));
    const head = await model.log.head();
    await projector.reach(head);
    assert.is(positions.at(-1), head);
    const givesUp = new AbortController();
    const waiting = projector.progress.caughtUp(head + 1n, givesUp.signal);
    givesUp.abort();
    assert.is(await waiting, false);
    const stillWaiting = projector.progress.caughtUp(head + 1n, new AbortController().signal);
    await projector.stop();
    assert.is(await stillWaiting, false);
  });
});

test('holds no transaction open while it waits for a log that does not answer', async () => {
  await withReadModel(async (model) => {
    let answer = () => {};
    const silence = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let asked = 0;
    const head: typeof model.log.head = async () => {
      asked += 1;
      await silence;
      return model.log.head();
    };
    const projector = runProjector({ ...model, log: { ...model.log, head } });
    await eventually('the log is asked', () => asked > 0);
    const open = await model.pool.query(
      `select query from pg_stat_activity
       where state = 'idle in transaction' and pid <> pg_backend_pid() and datname = current_database()`,
    );
    assert.equal(open.rows, []);
    answer();
    await projector.reach(await model.log.head());
    await projector.stop();
  });
});

test('wakes readers in the transaction that changes what they see', async () => {
  await withReadModel(async (model) => {
    const listener = new pg.Client(connectionSettings(model.url));
    await listener.connect();
    await listener.query(`listen ${CHANGES_CHANNEL}`);
    const woken = once(listener, 'notification');
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await catchUp(model);
    await woken;
    await listener.end();
  });
});

test('keeps a bounded number of changes, the last ones', async () => {
  await withReadModel(async (model) => {
    const { schema } = model.version;
    await model.pool.query(
      `insert into ${schema}.changes select n, gen_random_uuid(), 'upsert' from generate_series(1, 100000) n`,
    );
    await model.pool.query(`update ${schema}.checkpoint set seq = 100000`);
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await catchUp(model);
    const { rows } = await model.pool.query(`select min(seq), max(seq) from ${schema}.changes`);
    assert.equal(rows, [{ min: 2n, max: 100001n }]);
  });
});

test.run();
