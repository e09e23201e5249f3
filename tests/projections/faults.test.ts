import { EventEmitter, once } from 'node:events';
import pg from 'pg';
import pino from 'pino';
import * as assert from 'uvu/assert';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { CommslogError } from '../../src/errors.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { connectionSettings } from '../../src/postgres.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { catchUp, openReadModel, type RunningProjector, runProjector, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';
import { startWorker, workerReached } from './support/worker.ts';

const test = suite('the projector under faults', { deadlineMs: 60_000 });

const RECORDINGS = ['inbound-queue', 'inbound-transferred', 'outbound-answered'].map(demoRecording);
const AT_ONCE = 10;

test('counts every event once, though each one and whole batches are delivered again', async () => {
  await withReadModel(async (model) => {
    const projector = runProjector({ ...model, log: repeating(model.log) });
    await projector.reach(await appendInParts(model.log));
    await projector.stop();
    await assertAgreesWithLog(model);
  });
});

test('stands where the last event is, though earlier ones are delivered again behind it', async () => {
  await withReadModel(async (model) => {
    const end = await appendInParts(model.log);
    const projector = runProjector({ ...model, log: goingBack(model.log) });
    await projector.reach(end);
    await projector.stop();
    await assertAgreesWithLog(model);
  });
});

test('of two at once none does the work of the other again', async () => {
  await withReadModel(async (model) => {
    const projectors = [runProjector(model), runProjector(model)];
    const end = await appendInParts(model.log);
    for (const projector of projectors) await projector.reach(end);
    for (const projector of projectors) await projector.stop();
    await assertAgreesWithLog(model);
  });
});

test('that was paused and overtaken goes on from where the other one is', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, RECORDINGS);
    const appending = new Appending(model.log);
    const middle = Math.floor(told.length / 2);
    const first = await appending.append(told.slice(0, middle));
    const paused = await startWorker(model.url, [model.version]);
    paused.send('go');
    await workerReached(paused, first);
    paused.kill('SIGSTOP');
    await appending.append(told.slice(middle, -1));
    await catchUp(model);
    const before = await storedTables(model.pool, model.version.schema);
    paused.kill('SIGCONT');
    await workerReached(paused, before.position);
    assert.equal(await storedTables(model.pool, model.version.schema), before);
    await workerReached(paused, await appending.append(told.slice(-1)));
    paused.kill('SIGKILL');
    await assertAgreesWithLog(model);
  });
});

test('whose connections are ended again and again, the listening one too, loses nothing', async () => {
  await withReadModel(async (model) => {
    const projector = runProjector(model);
    const end = await appendInParts(model.log, () => endConnections(model.url));
    await projector.reach(end);
    await projector.stop();
    await assertAgreesWithLog(model);
  });
});

test('tries again while the database can only be read, and parks nothing', async () => {
  await withReadModel(async (model) => {
    const database = await openReadModelBeside(model.log);
    await database.readOnly(true);
    const failures = new EventEmitter();
    const failure = once(failures, 'line');
    const projector = runProjector(database.model, pino({}, { write: (line) => failures.emit('line', line) }));
    const end = await appendInParts(model.log);
    const [line] = await failure;
    assert.match(line, 'PostgreSQL 25006');
    await database.readOnly(false);
    await projector.reach(end);
    await projector.stop();
    const { parked } = await storedTables(database.model.pool, database.model.version.schema);
    assert.is(parked.size, 0);
    await assertAgreesWithLog(database.model);
    await database.close();
  });
});

test('refuses a log that ends before its checkpoint, and says what to do', async () => {
  await withReadModel(async (model) => {
    await appendInParts(model.log);
    await catchUp(model);
    await model.pool.query(`update ${model.version.schema}.checkpoint set position = position + 1`);
    const error = await endOf(runProjector(model));
    assert.is(error.code, 'LOG_TOO_SHORT');
    assert.match(error.message, 'an older backup of the log was restored');
  });
});

test('refuses another log than the one it was built from', async () => {
  await withReadModel(async (model) => {
    await withReadModel(async (other) => {
      const error = await endOf(runProjector({ ...model, log: other.log }));
      assert.is(error.code, 'LOG_IS_ANOTHER');
      assert.match(error.message, await other.log.logId());
    });
  });
});

/** Everything again: each event, each batch, and each with the one before it. */
function repeating(log: EventStore): EventStore {
  return {
    ...log,
    async *subscribe(after, filter, signal) {
      let before: readonly RecordedEvent[] = [];
      for await (const batch of log.subscribe(after, filter, signal)) {
        yield batch.flatMap((event) => [event, event]);
        yield [...before, ...batch];
        before = batch;
      }
    },
  };
}

/** Delivers the log with all but the last event of each batch again behind it. */
function goingBack(log: EventStore): EventStore {
  return {
    ...log,
    async *subscribe(after, filter, signal) {
      for await (const batch of log.subscribe(after, filter, signal)) yield [...batch, ...batch.slice(0, -1)];
    },
  };
}

/** Appends what a PBX says in three calls, little by little. The position of the last event. */
async function appendInParts(log: EventStore, between = () => Promise.resolve()): Promise<bigint> {
  const told = await sessionOf('pbx', 0, RECORDINGS);
  const appending = new Appending(log);
  let end = 0n;
  for (let at = 0; at < told.length; at += AT_ONCE) {
    end = await appending.append(told.slice(at, at + AT_ONCE));
    await between();
  }
  return end;
}

/** Ends every connection to the database but its own. */
async function endConnections(url: string): Promise<void> {
  await onDatabase(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

async function onDatabase(url: string, statement: string): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  await client.query('set default_transaction_read_only to off');
  await client.query(statement);
  await client.end();
}

/** A read model in a database of its own, that can be made read-only. */
async function openReadModelBeside(log: EventStore) {
  const database = await createDatabase();
  const model = await openReadModel(database.url, { log });
  return {
    model,
    async readOnly(on: boolean) {
      const name = new URL(database.url).pathname.slice(1);
      await onDatabase(database.url, `alter database ${name} set default_transaction_read_only to ${on}`);
      await endConnections(database.url);
    },
    async close() {
      await model.pool.end();
      await database.drop();
    },
  };
}

/** The error that a projector ends with. */
async function endOf(projector: RunningProjector): Promise<CommslogError> {
  const error: unknown = await projector.done.then(
    () => null,
    (reason) => reason,
  );
  if (!(error instanceof CommslogError)) throw new Error('it did not end with an error of ours');
  return error;
}

test.run();
