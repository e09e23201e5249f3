import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { assertAgreesWithLog } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll, versionOf } from './support.ts';

const test = suite('a rebuild');

test('gives the fold of the log beside the active version, and is served once it is activated', async () => {
  await withReadModel(async (model) => {
    await new Appending(model.log).append(
      await sessionOf('pbx', 0, [demoRecording('inbound-answered'), demoRecording('inbound-transferred')]),
    );
    const rebuilds = rebuildsOf(model);
    const running = runAll(model);
    const { version, state, rows } = await rebuilt(rebuilds);
    assert.equal([version, state, rows], [2, 'ready', 2]);
    await assertAgreesWithLog({ ...model, version: await versionOf(model, 2) });
    const activated = await rebuilds.activate(2, { force: false }, ADMIN);
    assert.is(activated.state, 'active');
    assert.equal(
      (await rebuilds.list()).map(({ version, state }) => [version, state]),
      [
        [2, 'active'],
        [1, 'previous'],
      ],
    );
    await eventually('the version before has projected the switch too', async () => (await rebuilds.diff(1)).complete);
    const same = { added: 0, removed: 0, changed: 0, byField: {} };
    const { counted, ...diff } = await rebuilds.diff(1);
    assert.equal(diff, { against: 2, complete: true, ...same });
    assert.ok(counted?.isWhole);
    await running.stop();
  });
});

test.run();
