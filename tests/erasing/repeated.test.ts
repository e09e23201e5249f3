import * as assert from 'uvu/assert';
import { carryOut, finishErasures, planErasure } from '../../src/erasing/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { type EventStore, readEvents } from '../../src/ports/eventStore.ts';
import { newVersion, readable } from '../projections/support/histories.ts';
import { catchUp, withReadModel } from '../projections/support/readModel.ts';
import { suite } from '../support/suite.ts';
import { appendAll, assertNowhere, BY, ERASED, fact, historyOfTwo, SECRETS } from './support.ts';

const test = suite('an erasure', { deadlineMs: 90_000 });
const CUSTOMER = { kind: 'customer', id: ERASED } as const;

test('that was killed in between is finished from the log alone, once', async () => {
  await withReadModel(async (model) => {
    const { pool, log } = model;
    await appendAll(log, (await historyOfTwo()).told);
    await catchUp(model);
    const plan = await planErasure({ pool, log, refused: [] }, CUSTOMER);
    const killed: EventStore = { ...log, erase: () => Promise.reject(new Error('killed')) };
    const error = await carryOut({ log: killed, clock: systemClock }, plan, BY).catch((reason: unknown) => reason);
    assert.match(String(error), 'killed');
    await catchUp(model);
    assert.is((await readable(model)).entries.length, 2);

    const finished = await finishErasures({ log, clock: systemClock }, BY);
    assert.is(finished?.streams, plan.streams.length);
    assert.is(await finishErasures({ log, clock: systemClock }, BY), null);
    await catchUp(model);
    await assertNowhere(pool, SECRETS);
  });
});

test('is proved by an event that names nobody', async () => {
  await withReadModel(async ({ log, ...model }) => {
    await appendAll(log, (await historyOfTwo()).told);
    await catchUp({ log, ...model });
    const plan = await planErasure({ ...model, log, refused: [] }, CUSTOMER);
    await carryOut({ log, clock: systemClock }, plan, BY);
    const events = await readEvents(log, 'system-erasures');
    const { data, metadata } = events.at(-1) ?? {};
    const { erasure, ...counts } = data ?? {};
    assert.equal(counts, { subject: 'customer', streams: plan.streams.length, facts: 1 });
    assert.equal(metadata?.actor, BY.actor);
    for (const secret of SECRETS) assert.not.match(JSON.stringify(events.map((event) => event.data)), secret);
  });
});

test('is not undone by facts that come late, under any name', async () => {
  await withReadModel(async (model) => {
    const { pool, log } = model;
    const { told, joined } = await historyOfTwo();
    await appendAll(log, told);
    await catchUp(model);
    await carryOut({ log, clock: systemClock }, await planErasure({ pool, log, refused: [] }, CUSTOMER), BY);
    const late = (stream: string, ids: Readonly<Record<string, string>>, seq: number) =>
      fact(stream, [['Channel', 'PJSIP/trunk-00000001'], ['CallerIDNum', '6912345678'], ...Object.entries(ids)], seq);
    for (const stream of [...joined.streams, `cdr-pbx-${joined.call}`]) {
      const { event } = late(stream, { Uniqueid: joined.call, Linkedid: joined.call }, 9_100);
      const error = await log.append(stream, [event], 'no_stream').catch((reason: unknown) => reason);
      assert.is(Object(error).code, 'STREAM_DELETED', stream);
    }
    await catchUp(model);
    const stands = await readable(model);
    await appendAll(log, [late('call-pbx-1799999999.9', { Uniqueid: joined.call, Linkedid: '1799999999.9' }, 9_101)]);
    await catchUp(model);
    const after = { ...(await readable(model)), position: stands.position };
    assert.equal(after, stands);
    const { rows } = await pool.query(`select sum(dropped)::int as dropped from ${model.version.schema}.erased_key`);
    assert.equal(rows, [{ dropped: 1 }]);
    const rebuilt = await newVersion(model, 2);
    await catchUp(rebuilt);
    assert.equal({ ...(await readable(rebuilt)), position: stands.position }, stands);
  });
});

test.run();
