import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { streamOf } from '../../src/domain/events.ts';
import { carryOut, planErasure } from '../../src/erasing/index.ts';
import { endOf } from '../../src/log/streamEnds.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { Subject } from '../../src/projections/index.ts';
import { assertAgreesWithLog } from '../projections/support/agreement.ts';
import { personsEvent } from '../projections/support/events.ts';
import { newVersion, readable } from '../projections/support/histories.ts';
import { catchUp, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { demoRecording, joining, sessionOf } from '../projections/support/recordedCalls.ts';
import { suite } from '../support/suite.ts';
import { AT, appendAll, assertNowhere, BY, ERASED, fact, historyOfTwo } from './support.ts';

const test = suite('what is erased', { deadlineMs: 90_000 });

test('of a number: its calls, however it is written; whoever holds it keeps it, and is named', async () => {
  await withReadModel(async (model) => {
    await appendAll(model.log, (await historyOfTwo()).told);
    await catchUp(model);
    const number = { kind: 'number', number: '691 234 3004' } as const;
    const plan = await erase(model, number);
    assert.is(plan.entries.length, 1);
    assert.equal([plan.holders, plan.others], [[ERASED], []]);
    assert.equal(plan.elsewhere, [`customer-${ERASED}`]);
    const { entries, customers } = await asRebuilt(model);
    assert.is(entries.length, 5);
    assert.is(customers.length, 2);
    const ofCalls = ['crm_comms_log', 'current_call'].map((table) => `${model.version.schema}.${table}`);
    await assertNowhere(model.pool, [/6912343004/], (table) => ofCalls.includes(table));
  });
});

test('of a call: all of it, by any id that it had, and nothing of its customer', async () => {
  await withReadModel(async (model) => {
    const { told, joined } = await historyOfTwo();
    await appendAll(model.log, told);
    await catchUp(model);
    const plan = await erase(model, { kind: 'call', id: joined.former });
    assert.equal(plan.entries, [joined.id]);
    for (const stream of [...joined.streams, `annotation-${joined.former}`, `annotation-${joined.id}`]) {
      assert.ok(plan.existing.includes(stream), stream);
    }
    assert.is(plan.existing.filter((stream) => stream.startsWith('manual-')).length, 1);
    const { entries, customers } = await asRebuilt(model);
    assert.is(entries.length, 5);
    assert.ok(customers.some(({ id }) => id === ERASED));
    await assertNowhere(model.pool, [/what the (?:own|former) note says/, /MARIOS K/]);
  });
});

test('of a number or a customer: the calls to them that somebody had begun from here', async () => {
  await withReadModel(async (model) => {
    await appendAll(model.log, (await historyOfTwo()).told);
    const begun = async (id: string, data: object) => {
      const requested = { pbx: 'pbx', extension: '101', channel_id: '1.2', asked_from: 'number', ...data };
      await model.log.append(streamOf.dial(id), [personsEvent('CallRequested', requested, AT)], 'no_stream');
    };
    await begun('by-number', { dialled: '06912343004' });
    await begun('by-card', { dialled: '104', customer_id: ERASED });
    await begun('of-another', { dialled: '2101234567', customer_id: 'somebody' });
    await catchUp(model);
    const dials = (streams: readonly string[]) => streams.filter((stream) => stream.startsWith('dial-'));
    assert.equal(dials((await erase(model, { kind: 'number', number: '691 234 3004' })).existing), ['dial-by-number']);
    assert.equal(dials((await erase(model, { kind: 'customer', id: ERASED })).existing), ['dial-by-card']);
    assert.is((await endOf(model.log, streamOf.dial('of-another'))).last?.type, 'CallRequested');
  });
});

test('of calls that share a stream: both, and the other one is named', async () => {
  await withReadModel(async (model) => {
    const names = ['inbound-answered', 'inbound-missed', 'inbound-hold'];
    const told = await sessionOf('pbx', 0, names.map(demoRecording));
    const calls = [...new Set(told.map(({ stream }) => stream))].filter((stream) => /-\d+\.\d+$/.test(stream));
    const [first = '', second = ''] = calls.map((stream) => stream.slice('call-pbx-'.length));
    await appendAll(model.log, [...told, joining(first, second, 9_001, AT)]);
    await catchUp(model);
    const before = (await readable(model)).entries.length;
    const plan = await erase(model, { kind: 'call', id: entryId('pbx', first) });
    const after = await asRebuilt(model);
    assert.is(before - after.entries.length, plan.entries.length + plan.others.length);
    assert.is(after.entries.length, 1);
    await assertNowhere(model.pool, [/6912345678/, /6955501234/]);
  });
});

test('of a call that met others in a conference: it alone, and the others are as they were', async () => {
  await withReadModel(async (model) => {
    const heard = await sessionOf('pbx', 0, ['inbound-answered', 'inbound-hold'].map(demoRecording));
    const calls = [...new Set(heard.map(({ stream }) => stream))].filter((stream) => /-\d+\.\d+$/.test(stream));
    const met = calls.map((stream, at) => {
      const id = stream.slice('call-pbx-'.length);
      const fields = { Channel: 'PJSIP/x', Uniqueid: id, Linkedid: id, BridgeUniqueid: 'c-1', BridgeType: 'base' };
      return fact(stream, Object.entries({ ...fields, BridgeTechnology: 'softmix' }), 9_001 + at);
    });
    await appendAll(model.log, [...heard, ...met]);
    await catchUp(model);
    const { rows } = await model.pool.query<{ id: string }>(
      `select id from ${model.version.schema}.crm_comms_log
       where group_id = (select min(id) from ${model.version.schema}.call_group)`,
    );
    assert.is(rows.length, 2);
    const others = (await readable(model)).entries.filter(({ id }) => id !== rows[0]?.id);
    const plan = await erase(model, { kind: 'call', id: rows[0]?.id ?? '' });
    assert.equal(plan.others, []);
    assert.equal((await asRebuilt(model)).entries, others);
  });
});

test('not while a call of it is in progress', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const end = told.findIndex(({ event }) => event.type === 'CallHungUp');
    await appendAll(model.log, told.slice(0, end));
    await catchUp(model);
    const number = { kind: 'number', number: '+306912345678' } as const;
    const [{ id } = { id: '' }] = (await readable(model)).current;
    for (const subject of [number, { kind: 'call', id } as const]) {
      const error = await planErasure({ ...model, refused: [] }, subject).catch((reason: unknown) => reason);
      assert.is(Object(error).code, 'CONFLICT');
      assert.match(String(Object(error).message), 'in progress');
    }
  });
});

test('that was erased before, or never was, is not found', async () => {
  await withReadModel(async (model) => {
    const error = await planErasure({ ...model, refused: [] }, { kind: 'customer', id: 'nobody' }).catch((e) => e);
    assert.is(error.code, 'NOT_FOUND');
  });
});

async function erase(model: TestReadModel, subject: Subject) {
  const plan = await planErasure({ ...model, refused: [] }, subject);
  await carryOut({ log: model.log, clock: systemClock }, plan, BY);
  await catchUp(model);
  return plan;
}

/** What stands, once it is proved to be what a rebuild gives. */
async function asRebuilt(model: TestReadModel) {
  await assertAgreesWithLog(model);
  const rebuilt = await newVersion(model, 9);
  await catchUp(rebuilt);
  const stands = await readable(model);
  assert.equal(stands, await readable(rebuilt));
  return stands;
}

test.run();
