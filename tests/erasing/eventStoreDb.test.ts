import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../src/adapters/eventstore/index.ts';
import { carryOut, planErasure, withSessions } from '../../src/erasing/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { newVersion, readable } from '../projections/support/histories.ts';
import { catchUp, openReadModel } from '../projections/support/readModel.ts';
import { startFakeEventStoreDb } from '../support/fakeEventStoreDb/index.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { appendAll, assertNowhere, BY, ERASED, historyOfTwo, SECRETS } from './support.ts';

const test = suite('a customer erased in EventStoreDB', { deadlineMs: 90_000 });

test('is shown by no version, also one built before a scavenge, and is nowhere in the log after it', async () => {
  const [server, database] = [await startFakeEventStoreDb(), await createDatabase()];
  const log = await openEventStoreDb({ url: server.url });
  const model = await openReadModel(database.url, { log });
  try {
    await appendAll(log, (await historyOfTwo()).told);
    await catchUp(model);
    const plan = await planErasure({ ...model, refused: [] }, { kind: 'customer', id: ERASED });
    const kept = withSessions(plan, false);
    assert.equal([kept.mixed, kept.left], [[], [{ stream: 'call-pbx-session0', others: 7 }]]);

    const { position } = await carryOut({ log, clock: systemClock }, withSessions(plan, true), BY);
    await catchUp(model);
    assert.ok((await readable(model)).position >= position);
    await assertNowhere(model.pool, SECRETS);
    const rebuilt = await newVersion(model, 2);
    await catchUp(rebuilt);
    await assertNowhere(model.pool, SECRETS);
    assert.equal(await readable(rebuilt), await readable(model));
    assert.is((await readable(model)).entries.length, 2);

    const served = () => server.log.all.map(({ data }) => Buffer.from(data).toString('utf8'));
    assert.ok(served().some((text) => text.includes('6912345678')));
    server.log.scavenge();
    for (const secret of SECRETS)
      assert.not.ok(
        served().some((text) => secret.test(text)),
        String(secret),
      );
    const afterwards = await newVersion(model, 3);
    await catchUp(afterwards);
    assert.equal(await readable(afterwards), await readable(model));
  } finally {
    await model.close();
    server.stop();
    await database.drop();
  }
});

test.run();
