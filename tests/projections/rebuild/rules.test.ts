import * as assert from 'uvu/assert';
import { DERIVATION_VERSION, derivationOf } from '../../../src/domain/derivation.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { UNDISPUTED } from '../../../src/ports/lease.ts';
import { activateWaiting, rulesInForce, seeRules } from '../../../src/projections/index.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { poison } from '../support/events.ts';
import { RULES, silent, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './support.ts';

const test = suite('rules that wait for a rebuild');

const GERMAN = defaultRules('DE');
const FRENCH = defaultRules('FR');

test('are those of a file that was changed since it was seen last; the active version goes on with its own', async () => {
  await withReadModel(async ({ db }) => {
    await seeRules(db, RULES);
    assert.is((await rulesInForce(db))?.waiting, null);
    await seeRules(db, GERMAN);
    const found = await rulesInForce(db);
    assert.equal(found?.active.rules, RULES);
    assert.equal(found?.waiting, { rules: GERMAN, derivation: derivationOf(GERMAN), reason: 'rules' });
    await seeRules(db, GERMAN);
    assert.equal((await rulesInForce(db))?.waiting?.rules, GERMAN);
    await seeRules(db, RULES);
    assert.is((await rulesInForce(db))?.waiting, null);
  });
});

test('are none when the file is as it was, whatever rules were put in force past it', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    await seeRules(model.db, RULES);
    await rebuilt(rebuildsOf(model), GERMAN);
    await rebuildsOf(model).activate(2, { force: false }, ADMIN);
    await seeRules(model.db, RULES);
    const found = await rulesInForce(model.db);
    assert.equal([found?.active.rules, found?.waiting], [GERMAN, null]);
    await running.stop();
  });
});

test('wait no more once somebody has decided, be it to go back', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await seeRules(model.db, GERMAN);
    await rebuilt(rebuilds, GERMAN);
    await rebuilds.activate(2, { force: false }, ADMIN);
    assert.is((await rebuilds.rulesInForce()).waiting, null);
    await rebuilds.rollback(2, ADMIN);
    assert.is((await rebuilds.rulesInForce()).waiting, null);
    await seeRules(model.db, FRENCH);
    assert.equal((await rebuilds.rulesInForce()).waiting?.rules, FRENCH);
    await running.stop();
  });
});

test('wait also when only the code derives otherwise; rows touched meanwhile show that the version is mixed', async () => {
  await withReadModel(async (model) => {
    const older = `${DERIVATION_VERSION - 1}-older`;
    await model.db.withSchema('commslog').updateTable('read_model_version').set({ derivation: older }).execute();
    const running = runAll(model);
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    const rebuilds = rebuildsOf(model);
    await eventually('it is mixed', async () => (await rebuilds.get(1)).mixed && (await rebuilds.get(1)).rows === 1);
    assert.equal((await rebuilds.rulesInForce()).waiting, {
      rules: RULES,
      derivation: derivationOf(RULES),
      reason: 'code',
    });
    const { rows } = await model.pool.query('select derivation from read_v1.crm_comms_log');
    assert.equal(rows, [{ derivation: derivationOf(RULES) }]);
    await rebuilt(rebuilds);
    await rebuilds.activate(2, { force: false }, ADMIN);
    const { active, waiting } = await rebuilds.rulesInForce();
    assert.equal([active.mixed, waiting], [false, null]);
    await running.stop();
  });
});

test('are built and served without asking where that is wanted, and one version is kept to go back to', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    for (const rules of [GERMAN, FRENCH]) {
      await seeRules(model.db, rules);
      await activate(model);
    }
    const rebuilds = rebuildsOf(model);
    assert.equal(
      (await rebuilds.list()).map(({ version, state }) => `${version} ${state}`),
      ['3 active', '2 previous', '1 dropped'],
    );
    assert.equal((await rebuilds.rulesInForce()).active.rules, FRENCH);
    await running.stop();
  });
});

test('are not served without asking when an event could not be projected', async () => {
  await withReadModel(async (model) => {
    const running = runAll(model);
    await new Appending(model.log).append([poison('call-pbx-1795009999.1')]);
    await seeRules(model.db, GERMAN);
    await activate(model);
    const rebuilds = rebuildsOf(model);
    assert.equal([(await rebuilds.rulesInForce()).active.version, (await rebuilds.get(2)).state], [1, 'ready']);
    await running.stop();
  });
});

function activate({ db, log, leases }: TestReadModel): Promise<void> {
  const signal = new AbortController().signal;
  const options = { db, log, leases: leases(), upkeep: UNDISPUTED, clock: systemClock, logger: silent, signal };
  return activateWaiting(options);
}

test.run();
