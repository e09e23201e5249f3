import * as assert from 'uvu/assert';
import { DERIVATION_VERSION, derivationOf } from '../../../src/domain/derivation.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { seeRules } from '../../../src/projections/index.ts';
import { NOTHING_WAITS } from '../../health/support.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { poison } from '../support/events.ts';
import { catchUp, RULES, withReadModel } from '../support/readModel.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './support.ts';

const test = suite('what waits');

const GERMAN = defaultRules('DE');

test('is nothing where all is built as the file and the program want it, and before the first start', async () => {
  await withReadModel(async (model) => {
    assert.equal(await rebuildsOf(model).waiting(), NOTHING_WAITS);
    await model.db.withSchema('commslog').updateTable('read_model').set({ active_version: null }).execute();
    const { building, ...rest } = await rebuildsOf(model).waiting();
    assert.equal({ ...rest, building: [] }, NOTHING_WAITS);
  });
});

test('is a changed rules file, then the version that is built of it, until somebody has decided', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    const derivation = derivationOf(GERMAN);
    await seeRules(model.db, GERMAN);
    const rebuild = { reason: 'rules', derivation };
    assert.equal(await rebuilds.waiting(), { ...NOTHING_WAITS, rebuild });
    await rebuilds.request(GERMAN, 'file', ADMIN);
    assert.equal(await rebuilds.waiting(), {
      ...NOTHING_WAITS,
      rebuild,
      building: [{ version: 2, derivation, progress: null }],
    });
    const running = runAll(model);
    await eventually('it is built', async () => (await rebuilds.get(2)).state === 'ready');
    assert.equal(await rebuilds.waiting(), { ...NOTHING_WAITS, rebuild, ready: [{ version: 2, derivation }] });
    await rebuilds.activate(2, { force: false }, ADMIN);
    assert.equal(await rebuilds.waiting(), NOTHING_WAITS);
    await running.stop();
  });
});

test('is another program than built the active version, whose rows it has begun to mix', async () => {
  await withReadModel(async (model) => {
    const older = `${DERIVATION_VERSION - 1}-older`;
    await model.db.withSchema('commslog').updateTable('read_model_version').set({ derivation: older }).execute();
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await eventually('it is mixed', async () => (await rebuilds.waiting()).mixed);
    assert.equal((await rebuilds.waiting()).rebuild, { reason: 'code', derivation: derivationOf(RULES) });
    await rebuilt(rebuilds);
    await rebuilds.activate(2, { force: false }, ADMIN);
    assert.equal(await rebuilds.waiting(), NOTHING_WAITS);
    await running.stop();
  });
});

test('is an event of the active version that could not be projected', async () => {
  await withReadModel(async (model) => {
    await new Appending(model.log).append([poison('call-pbx-1795009999.1')]);
    await catchUp(model);
    assert.equal(await rebuildsOf(model).waiting(), { ...NOTHING_WAITS, parked: 1 });
  });
});

test.run();
