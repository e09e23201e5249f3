import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { streamOf } from '../../../src/domain/events.ts';
import { hasCode } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { Rebuilds } from '../../../src/ports/rebuilds.ts';
import { migrate } from '../../../src/projections/index.ts';
import { dropExpired } from '../../../src/projections/versions/rollbackWindow.ts';
import { brokenLog } from '../../support/brokenLog.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { suite } from '../../support/suite.ts';
import { assertAgreesWithLog } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll, versionOf } from './support.ts';

const test = suite('the time to roll back', { deadlineMs: 60_000 });

const HOURS = 168;
/** Each lets the roll-back begin so many ms earlier than the last one did. */
const RACES = 6;
const HEAD_START_MS = 2;

test('over, the version before is dropped by whoever runs the versions; the active one is followed on', async () => {
  await withReadModel(async (model) => {
    const { logger, lines } = logLines();
    const running = runAll(model, { rollbackHours: HOURS, logger });
    const rebuilds = rebuildsOf(model, HOURS);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS);
    await eventually('its tables are gone', async () => (await schemas(model)).join() === 'read_v2');
    assert.equal(await states(rebuilds), ['2 active', '1 dropped']);
    assert.ok(lines.some((line) => line.includes('"version":1') && line.includes('is dropped')));
    await assertRefused(rebuilds.rollback(2, ADMIN), 'There is no earlier version to go back to.');

    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await eventually('the active one has the call', async () => (await rebuilds.get(2)).rows === 1);
    await assertAgreesWithLog({ ...model, version: await versionOf(model, 2) });
    await running.stop();
  });
});

test('is as long as it is set, and has no end when it is set to none', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model, HOURS);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS - 1);
    const [active, before] = await rebuilds.list();
    const left = Date.parse(before?.rollbackUntil ?? '') - Date.now();
    assert.ok(Math.abs(left - 3_600_000) < 60_000, `${left} ms are left`);
    assert.is(active?.rollbackUntil, null);
    assert.equal(await dropExpired(model.db, HOURS), []);

    await replacedHoursAgo(model, 100_000);
    assert.equal(await dropExpired(model.db, 0), []);
    const endless = rebuildsOf(model);
    assert.is((await endless.get(1)).rollbackUntil, null);
    assert.is((await endless.rollback(2, ADMIN)).version, 1);
    await running.stop();
  });
});

test('over, nobody goes back any more, also while nobody has dropped the version yet', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model, HOURS);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS);
    await assertRefused(rebuilds.rollback(2, ADMIN), 'There is no earlier version to go back to.');
    assert.equal(await states(rebuilds), ['2 active', '1 previous']);
    await running.stop();
  });
});

test('begins anew with each switch, and is no matter of the version that is active', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS);
    await rebuilds.rollback(2, ADMIN);
    assert.equal(await dropExpired(model.db, HOURS), []);
    await rebuilds.activate(2, { force: false }, ADMIN);
    assert.equal(await dropExpired(model.db, HOURS), []);
    assert.equal(await states(rebuilds), ['2 active', '1 previous']);
    await running.stop();
  });
});

test('is a whole one for versions that a program replaced which did not know of it', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    await replaced(rebuildsOf(model));
    await model.pool.query(`
      alter table commslog.read_model_version drop column replaced_at;
      delete from commslog.kysely_migration where name >= '0003'`);
    await migrate(model.db);
    const [active, before] = await rebuildsOf(model, HOURS).list();
    assert.ok(Date.parse(before?.rollbackUntil ?? '') > Date.now() + (HOURS - 1) * 3_600_000);
    assert.is(active?.rollbackUntil, null);
    await running.stop();
  });
});

test('that ends while a roll-back tells the log does not end for it, nor does a drop by hand come between', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS);
    const meanwhile: Promise<unknown>[] = [];
    const log = brokenLog(model.log, (stream) => {
      if (stream === streamOf.readModel) {
        meanwhile.push(dropExpired(model.db, HOURS));
        meanwhile.push(rebuilds.drop(1).catch((error: unknown) => error));
      }
      return 'works';
    });
    await rebuildsOf({ ...model, log }).rollback(2, ADMIN);
    const [expired, drop] = await Promise.all(meanwhile);
    assert.equal(expired, []);
    assert.ok(hasCode(drop, 'CONFLICT'), String(drop));
    assert.equal(await states(rebuilds), ['2 previous', '1 active']);
    await assertAgreesWithLog(model);
    await running.stop();
  });
});

test('that ends before a roll-back has decided refuses it, and the log is told nothing', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await replaced(rebuilds);
    await replacedHoursAgo(model, HOURS);
    const head = async () => {
      await dropExpired(model.db, HOURS);
      return model.log.head();
    };
    const log = { ...brokenLog(model.log, () => 'works'), head };
    await assertRefused(rebuildsOf({ ...model, log }).rollback(2, ADMIN), 'Version 1 is dropped');
    assert.equal(await activated(model.log), [1, 2]);
    assert.equal(await states(rebuilds), ['2 active', '1 dropped']);
    await running.stop();
  });
});

test('that ends at the moment of a roll-back: one of the two is done, and the log says what is served', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    for (let race = 0; race < RACES; race += 1) {
      const from = await activeOf(rebuilds);
      const { version } = await rebuilt(rebuilds);
      await rebuilds.activate(version, { force: false }, ADMIN);
      await replacedHoursAgo(model, HOURS);
      const [back, gone] = await Promise.all([
        rebuilds.rollback(version, ADMIN).catch((error: unknown) => error),
        sleep(race * HEAD_START_MS).then(() => dropExpired(model.db, HOURS)),
      ]);
      const isBack = gone.length === 0;
      if (isBack) assert.is(Object(back).version, from);
      else assert.ok(hasCode(back, 'CONFLICT'), String(back));
      assert.is(await activeOf(rebuilds), isBack ? from : version);
      assert.is((await activated(model.log)).at(-1), isBack ? from : version);
      assert.ok((await schemas(model)).includes(`read_v${isBack ? from : version}`));
      await rebuilds.drop(isBack ? version : from);
    }
    await running.stop();
  });
});

/** Version 2 is built like version 1 and takes its place. */
async function replaced(rebuilds: Rebuilds): Promise<void> {
  await rebuilt(rebuilds);
  await rebuilds.activate(2, { force: false }, ADMIN);
}

/** As if the previous versions had been replaced then. */
async function replacedHoursAgo({ pool }: TestReadModel, hours: number): Promise<void> {
  await pool.query(
    `update commslog.read_model_version set replaced_at = now() - make_interval(hours => $1) where state = 'previous'`,
    [hours],
  );
}

async function states(rebuilds: Rebuilds): Promise<string[]> {
  return (await rebuilds.list()).map(({ version, state }) => `${version} ${state}`);
}

async function activeOf(rebuilds: Rebuilds): Promise<number> {
  return (await rebuilds.rulesInForce()).active.version;
}

async function activated(log: EventStore): Promise<unknown[]> {
  const versions = [];
  for await (const batch of log.readStream(streamOf.readModel)) versions.push(...batch.map(({ data }) => data.version));
  return versions;
}

async function schemas({ pool }: TestReadModel): Promise<string[]> {
  const { rows } = await pool.query(`select nspname as name from pg_namespace where nspname like 'read_v%' order by 1`);
  return rows.map(({ name }) => name);
}

async function assertRefused(work: Promise<unknown>, message: string): Promise<void> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  assert.ok(hasCode(error, 'CONFLICT'), String(error));
  assert.match(error.message, message);
}

test.run();
