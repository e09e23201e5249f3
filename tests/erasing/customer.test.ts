import * as assert from 'uvu/assert';
import { carryOut, planErasure } from '../../src/erasing/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { assertAgreesWithLog, storedTables } from '../projections/support/agreement.ts';
import { newVersion, readable } from '../projections/support/histories.ts';
import { catchUp, runProjector, withReadModel } from '../projections/support/readModel.ts';
import { suite } from '../support/suite.ts';
import { appendAll, assertNowhere, BY, ERASED, fact, historyOfTwo, OTHER, SECRETS } from './support.ts';

const test = suite('a customer who is erased', { deadlineMs: 90_000 });

test('is nowhere in the database any more, nor after a rebuild, and others keep what is theirs', async () => {
  await withReadModel(async (model) => {
    const { pool, log } = model;
    const { told } = await historyOfTwo();
    await appendAll(log, told);
    await catchUp(model);
    const [second, behind] = [await newVersion(model, 2), await newVersion(model, 3)];
    await catchUp(second);
    const before = await storedTables(pool, model.version.schema);
    assert.is(before.entries.length, 6);
    assert.is(before.parked.size, 1);
    const follower = runProjector(model);

    const plan = await planErasure({ pool, log, refused: [] }, { kind: 'customer', id: ERASED });
    assert.is(plan.entries.length, 4);
    assert.equal(
      [plan.others, plan.ambiguous, plan.elsewhere],
      [[], 1, ['call-pbx-1795002400.105', `customer-${OTHER}`]],
    );
    assert.equal(plan.mixed, [{ stream: 'call-pbx-session0', revisions: [plan.mixed[0]?.revisions[0]], others: 7 }]);
    const { position } = await carryOut({ log, clock: systemClock }, plan, BY);
    await follower.reach(position);
    await follower.stop();
    await catchUp(second);
    await catchUp(behind);

    await assertNowhere(pool, SECRETS);
    const rebuilt = await newVersion(model, 4);
    await catchUp(rebuilt);
    await assertNowhere(pool, SECRETS);
    await assertAgreesWithLog(model);
    const stands = await readable(model);
    for (const version of [second, behind, rebuilt]) assert.equal(await readable(version), stands);
    assert.equal(
      stands.entries.map((entry) => entry.customer_id),
      [OTHER, OTHER],
    );
    assert.is(stands.parked.size, 0);
    const { rows } = await pool.query(
      `select id from ${model.version.schema}.changes where kind = 'removed' and id = any($1)`,
      [plan.entries],
    );
    assert.is(rows.length, 4);
  });
});

test('goes also from the facts that the log had refused', async () => {
  await withReadModel(async (model) => {
    const { told, joined } = await historyOfTwo();
    await appendAll(model.log, told);
    await catchUp(model);
    const kept = [
      fact(joined.streams[0] ?? '', [['Uniqueid', joined.call]], 9_200),
      fact('call-pbx-session0', [['CallerIDNum', '0030 691 234 5678']], 9_201),
      fact('call-pbx-session0', [['CallerIDNum', '6945556677']], 9_202),
    ];
    const refused = kept.map(({ stream, event }) => ({ stream, event, code: 'INVALID_EVENT' as const }));
    const plan = await planErasure({ ...model, refused }, { kind: 'customer', id: ERASED });
    assert.equal(plan.refused, refused.slice(0, 2));
  });
});

test.run();
