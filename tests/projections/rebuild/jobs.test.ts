import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { defaultRules } from '../../../src/domain/rules.ts';
import { hasCode } from '../../../src/errors.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { assertAgreesWithLog } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll, untilReady, versionOf } from './support.ts';

const test = suite('a rebuild as a job', { deadlineMs: 60_000 });

const RECORDINGS = ['inbound-answered', 'inbound-transferred', 'inbound-queue', 'inbound-missed'].map(demoRecording);

test('is gone on with by the next process when the one that built it was killed', async () => {
  await withReadModel(async (model) => {
    await tellManyCalls(model);
    const rebuilds = rebuildsOf(model);
    const { version } = await rebuilds.request(null, 'api', ADMIN);
    const worker = fork(fileURLToPath(new URL('versionsWorker.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    const ended = once(worker, 'exit');
    worker.send({ url: model.url });
    await eventually('it has begun', async () => (await positionOf(model, version)) > 0n);
    worker.kill('SIGKILL');
    await ended;
    const left = await positionOf(model, version);
    assert.ok(left > 0n && left < (await model.log.head()), `it was killed at ${left}`);
    const running = runAll(model);
    assert.is((await untilReady(rebuilds, version)).state, 'ready');
    await assertAgreesWithLog({ ...model, version: await versionOf(model, version) });
    await running.stop();
  });
});

test('goes on after its database connections were ended', async () => {
  await withReadModel(async (model) => {
    await tellManyCalls(model);
    const rebuilds = rebuildsOf(model);
    const running = runAll(model);
    const { version } = await rebuilds.request(null, 'api', ADMIN);
    await eventually('it has begun', async () => (await rebuilds.get(version)).progress !== null);
    await model.pool
      .query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      )
      .catch(() => undefined);
    await eventually('it is built', async () => (await rebuilds.get(version).catch(() => null))?.state === 'ready');
    await assertAgreesWithLog({ ...model, version: await versionOf(model, version) });
    await running.stop();
  });
});

test('thrown away while it is built, leaves nothing behind', async () => {
  await withReadModel(async (model) => {
    await tellManyCalls(model);
    const rebuilds = rebuildsOf(model);
    const running = runAll(model);
    const { version } = await rebuilds.request(null, 'api', ADMIN);
    await eventually('it has begun', async () => (await positionOf(model, version)) > 0n);
    await rebuilds.drop(version);
    assert.is((await rebuilds.get(version)).state, 'dropped');
    assert.equal(await schemas(model), ['read_v1']);
    await running.stop();
  });
});

test('that was dropped by a process which ended in between is swept up by the next', async () => {
  await withReadModel(async (model) => {
    await rebuildsOf(model).request(null, 'api', ADMIN);
    await model.db
      .withSchema('commslog')
      .updateTable('read_model_version')
      .set({ state: 'dropped' })
      .where('version', '=', 2)
      .execute();
    const running = runAll(model);
    await eventually('its schema is gone', async () => (await schemas(model)).join() === 'read_v1');
    await running.stop();
  });
});

test('asked for twice with the same rules is one; too many are refused', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    const asked = await Promise.all(
      [1, 2].map(() => rebuilds.request(null, 'api', ADMIN).catch((error: unknown) => error)),
    );
    assert.ok(asked.some((one) => !hasCode(one, 'CONFLICT')));
    assert.is((await rebuilds.request(null, 'api', ADMIN)).version, 2);
    await rebuilds.request(defaultRules('DE'), 'api', ADMIN);
    await rebuilds.request(defaultRules('FR'), 'api', ADMIN);
    const error: unknown = await rebuilds.request(defaultRules('IT'), 'api', ADMIN).catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'CONFLICT'), String(error));
  });
});

test('is left to the process that has its lease, and taken over when that lets go', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    const lease = await model.leases().tryTake('version:2');
    assert.is(await model.leases().tryTake('version:2'), null);
    const running = runAll(model);
    const { version } = await rebuilds.request(null, 'api', ADMIN);
    await rebuilt(rebuilds, defaultRules('DE'));
    assert.is((await rebuilds.get(version)).state, 'building');
    await lease?.release();
    assert.is((await untilReady(rebuilds, version)).state, 'ready');
    await running.stop();
  });
});

test('fails by name when the log is another one than it began with, and does not stop the active version', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    await rebuilds.request(null, 'api', ADMIN);
    await model.pool.query(`update read_v2.checkpoint set log_id = 'another'`);
    const running = runAll(model);
    const failed = await untilReady(rebuilds, 2);
    assert.is(failed.state, 'failed');
    assert.match(String(failed.error), 'LOG_IS_ANOTHER');
    await eventually('its tables are gone', async () => (await schemas(model)).join() === 'read_v1');
    await running.stop();
  });
});

async function tellManyCalls(model: TestReadModel): Promise<void> {
  const appending = new Appending(model.log);
  const many = Array.from({ length: 100 }, (_, at) => RECORDINGS[at % RECORDINGS.length] ?? '');
  const told = await Promise.all(['one', 'two', 'three'].map((pbx) => sessionOf(pbx, 0, many)));
  for (const session of told) await appending.append(session);
}

async function positionOf({ pool }: TestReadModel, version: number): Promise<bigint> {
  const { rows } = await pool.query(`select position from read_v${version}.checkpoint`);
  return rows[0]?.position ?? 0n;
}

async function schemas({ pool }: TestReadModel): Promise<string[]> {
  const { rows } = await pool.query(`select nspname as name from pg_namespace where nspname like 'read_v%' order by 1`);
  return rows.map(({ name }) => name);
}

test.run();
