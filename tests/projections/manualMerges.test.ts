import * as assert from 'uvu/assert';
import { MANUAL_PBX } from '../../src/domain/acts/manualCall.ts';
import { entryId } from '../../src/domain/callId.ts';
import { type JsonObject, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { personsEvent, systemEvent, type Told } from './support/events.ts';
import { catchUp, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a call logged by hand that was merged');

const AT = 1_795_000_000_000_000 as Micros;
const UUID = '5d2f8a34-8a0e-4b55-a6f9-000000000001';
const BY_HAND = entryId(MANUAL_PBX, UUID);

test('with two calls is part of the one that was said last, and leaves nothing in the other', async () => {
  await withReadModel(async (model) => {
    const { tell, byId } = telling(model);
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-missed'), demoRecording('inbound-abandoned')]);
    const [first = '', second = ''] = idsIn(told);
    await tell(told);
    await tell([logged(), saidOf(first, 'ManualCallMerged', { manual: UUID }, 1)]);
    // in its own stream, as somebody would who does not see the merge yet
    await tell([saidByHand('NoteAdded', { text: 'late' }, 2)]);
    assert.equal(textsOf((await byId()).get(first)), ['logged', 'late']);
    await tell([saidOf(second, 'ManualCallMerged', { manual: UUID }, 3)]);
    const rows = await byId();
    assert.equal([textsOf(rows.get(first)), textsOf(rows.get(second))], [[], ['logged', 'late']]);
    await tell([saidOf(second, 'ManualCallSplit', { manual: UUID }, 4)]);
    assert.equal(textsOf((await byId()).get(first)), ['logged', 'late']);
    await tell([saidOf(first, 'ManualCallSplit', { manual: UUID }, 5)]);
    assert.equal(textsOf((await byId()).get(BY_HAND)), ['logged', 'late']);
  });
});

test('and is void then, counts no more', async () => {
  await withReadModel(async (model) => {
    const { tell, byId } = telling(model);
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-missed')]);
    const [id = ''] = idsIn(told);
    await tell([...told, logged(), saidOf(id, 'ManualCallMerged', { manual: UUID }, 1)]);
    assert.is((await byId()).get(id)?.customer_id, 'c1');
    await tell([saidByHand('CallVoided', {}, 2)]);
    const rows = await byId();
    assert.equal([[...rows.keys()], rows.get(id)?.customer_id, textsOf(rows.get(id))], [[id], null, []]);
    await tell([saidOf(id, 'ManualCallSplit', { manual: UUID }, 3)]);
    assert.equal([...(await byId()).keys()], [id]);
  });
});

test('is seen by itself while the other is in progress, and when it turns out to be an internal call', async () => {
  await withReadModel(async (model) => {
    const { tell, byId } = telling(model);
    const call = { Channel: 'PJSIP/desk-00000001', Uniqueid: '1794999000.1', Linkedid: '1794999000.1' };
    const id = entryId('pbx', call.Uniqueid);
    await tell([
      connected(),
      fact('ChannelStateChanged', { ...call, ChannelState: '6', CallerIDNum: '6912345678' }, 0),
      logged(),
      saidOf(id, 'ManualCallMerged', { manual: UUID }, 1),
    ]);
    assert.equal([...(await byId()).keys()], [BY_HAND]);
    await tell([fact('CallHungUp', { ...call, ChannelState: '6', Cause: '16' }, 2)]);
    assert.equal([...(await byId()).keys()], [id]);
    const record = {
      Channel: call.Channel,
      UniqueID: call.Uniqueid,
      Source: '101',
      Destination: '102',
      DestinationContext: 'from-internal',
    };
    await tell([fact('CallDetailRecorded', record, 3)]);
    assert.equal([...(await byId()).keys()], [BY_HAND]);
  });
});

/** Appends, projects, and proves that the tables equal the fold of the log. */
function telling(model: TestReadModel) {
  const appending = new Appending(model.log);
  return {
    async tell(told: readonly Told[]) {
      await appending.append(told);
      await catchUp(model);
      await assertAgreesWithLog(model);
    },
    async byId() {
      const { entries } = await storedTables(model.pool, model.version.schema);
      return new Map(entries.map((entry) => [entry.id, entry]));
    },
  };
}

function idsIn(told: readonly Told[]): string[] {
  const streams = new Set(told.map(({ stream }) => stream));
  return [...streams].flatMap((stream) => {
    const [, call] = /^call-pbx-(\d+\.\d+)$/.exec(stream) ?? [];
    return call === undefined ? [] : entryId('pbx', call);
  });
}

function textsOf(entry: Readonly<Record<string, unknown>> | undefined): unknown[] {
  return Array.isArray(entry?.notes) ? entry.notes.map(({ text }) => text) : [];
}

function logged(): Told {
  const content = { customer_id: 'c1', direction: 'inbound', duration_seconds: 60, notes: 'logged' };
  return saidByHand('CallLogged', { ...content, occurred_at: toRfc3339(AT), request_hash: null }, 0);
}

function saidByHand(type: string, data: JsonObject, second: number): Told {
  return { stream: streamOf.manual(UUID), event: personsEvent(type, data, after(second)) };
}

function saidOf(id: string, type: string, data: JsonObject, second: number): Told {
  return { stream: streamOf.annotation(id), event: personsEvent(type, data, after(second)) };
}

function after(second: number): Micros {
  return (AT + second * 1_000_000) as Micros;
}

function connected(): Told {
  const data = { at: toRfc3339(AT), ami_version: null, clock_offset_ms: null };
  return { stream: streamOf.pbx('pbx'), event: systemEvent('PbxConnected', data, AT) };
}

function fact(type: string, fields: Readonly<Record<string, string>>, seq: number): Told {
  const event = systemEvent(type, { fields: Object.entries(fields) }, AT);
  const metadata = { ...event.metadata, pbx: 'pbx', session: 0, seq, received_at: toRfc3339(after(seq)) };
  return { stream: streamOf.call('pbx', '1794999000.1'), event: { ...event, metadata } };
}

test.run();
