import * as assert from 'uvu/assert';
import { rulesInForce } from '../../../src/projections/index.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './support.ts';

const test = suite('beside a newer program', { deadlineMs: 60_000 });

test('its version is left to it, and nothing waits here because of it', async () => {
  await withReadModel(async (model) => {
    const built = runAll(model);
    await rebuilt(rebuildsOf(model));
    await rebuildsOf(model).activate(2, { force: false }, ADMIN);
    await built.stop();
    await derivedBy(model, 2, '99-0123456789ab');
    const before = await positionOf(model, 2);
    const running = runAll(model);
    const end = await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await eventually('our own version is projected', async () => (await positionOf(model, 1)) >= end);
    assert.is(await positionOf(model, 2), before);
    assert.is((await rulesInForce(model.db))?.waiting, null);
    await running.stop();
  });
});

test('a version of an older program is taken over, and called mixed for good', async () => {
  await withReadModel(async (model) => {
    const isMixed = async () => (await rulesInForce(model.db))?.active.mixed;
    await derivedBy(model, 1, '1-0123456789ab');
    const running = runAll(model);
    await eventually('it is mixed', async () => (await isMixed()) === true);
    await running.stop();
    await derivedBy(model, 1, model.version.derivation);
    const older = runAll(model);
    const end = await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await eventually('its own program has it again', async () => (await positionOf(model, 1)) >= end);
    assert.is(await isMixed(), true);
    await older.stop();
  });
});

async function derivedBy({ pool }: TestReadModel, version: number, derivation: string): Promise<void> {
  await pool.query('update commslog.read_model_version set derivation = $2 where version = $1', [version, derivation]);
}

async function positionOf({ pool }: TestReadModel, version: number): Promise<bigint> {
  const { rows } = await pool.query(`select position from read_v${version}.checkpoint`);
  return rows[0]?.position ?? 0n;
}

test.run();
