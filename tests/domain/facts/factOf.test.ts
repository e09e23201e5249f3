import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  isPbxFactData,
  isPbxFactMetadata,
  pbxFactDataSchema,
  pbxFactMetadataSchema,
} from '../../../src/domain/events.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { factOf, heardFact } from '../../../src/domain/facts/factOf.ts';
import { groupFacts, keysOf } from '../../../src/domain/facts/grouping.ts';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { CommslogError } from '../../../src/errors.ts';
import { ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a stored event');

const metadata = {
  v: 1,
  recorded_at: '2026-11-23T02:33:06.300000Z',
  app: '0.1.0',
  $correlationId: 'call-pbx-1795401186.339',
  pbx: 'pbx',
  session: 3,
  seq: 7,
  received_at: '2026-11-23T02:33:06.221257Z',
};

function fact(type: string, fields: [string, string][], changes: object = {}): Fact {
  return factOf({ type, data: { fields }, metadata: { ...metadata, ...changes } });
}

test('is a fact with its channels by their roles, what is unknown as null', () => {
  const { channels, bridges, session, seq } = fact('DialBegan', [
    ['Channel', 'PJSIP/mytrunk-0000010b'],
    ['CallerIDNum', '<unknown>'],
    ['Uniqueid', '1795401186.339'],
    ['DestChannel', 'PJSIP/101-0000010c'],
    ['DestChannelState', '5'],
    ['DestUniqueId', '1795401186.340'],
    ['DestLinkedid', '1795401186.339'],
    ['BridgeUniqueid', 'b1'],
    ['SwapUniqueid', '1795401186.341'],
  ]);
  assert.equal([session, seq], [3, 7]);
  assert.equal(
    channels.map(({ role, uniqueid, linkedid, state, callerNumber }) => [
      role,
      uniqueid,
      linkedid,
      state,
      callerNumber,
    ]),
    [
      ['subject', '1795401186.339', null, null, null],
      ['dest', '1795401186.340', '1795401186.339', 5, null],
    ],
  );
  assert.equal(
    bridges.map(({ id }) => id),
    ['b1'],
  );
});

test('has a channel of no known part where the prefix of its key is made up, whatever the word', () => {
  const words = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'anything'];
  const { channels } = fact(
    'DialBegan',
    words.map((word, index) => [`${word}Uniqueid`, `1795401186.${index}`]),
  );
  assert.equal(
    channels.map(({ role }) => role),
    words.map(() => 'other'),
  );
});

test('happened at the PBX’s Timestamp, else when it was received, else at a time that is not known', () => {
  assert.is(fact('CallHungUp', [['Timestamp', '1795401186.5']]).at, 1795401186500000);
  assert.is(fact('CallHungUp', []).at, 1795401186221257);
  assert.is(fact('CallHungUp', [], { received_at: null }).at, null);
});

test('is the fact that was heard, before it was stored', () => {
  const frame: [string, string][] = [
    ['Event', 'Cdr'],
    ['Uniqueid', '1795401186.339'],
    ['Channel', 'PJSIP/101-0000010c'],
    ['EndTime', '2026-11-23 02:33:06'],
    ['Timestamp', '1795401186.5'],
  ];
  const at = { received_at: '2026-11-23T02:33:06.221257Z', said_after: '2026-11-23T02:33:04.000001Z', heard_before: 2 };
  for (const type of ['CallDetailRecorded', 'ChannelSeen', 'CallHungUp']) {
    const by = { pbx: 'pbx', session: 3, seq: 7, receivedAt: fromRfc3339(at.received_at), saidAfter: null };
    assert.equal(heardFact(type, frame, by), fact(type, frame));
    const late = { ...by, saidAfter: fromRfc3339(at.said_after), heardBefore: 2 };
    assert.equal(heardFact(type, frame, late), fact(type, frame, at));
  }
});

test('that is not as its schema says is poison, and the error says nothing of its content', () => {
  const broken = { type: 'CallHungUp', data: { fields: [['CallerIDNum', 6912345678]] }, metadata };
  try {
    factOf(broken);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, CommslogError);
    assert.match(String(error), /data\.fields/);
    assert.not.match(String(error), /6912345678/);
  }
});

test('is looked at as its schema says, whatever stands in it', () => {
  const text = fc.oneof(fc.string(), fc.constant(null), fc.integer());
  const field = fc.oneof(fc.tuple(fc.string(), fc.string()), fc.array(text, { maxLength: 3 }), text);
  const data = fc.oneof(
    fc.record(
      { fields: fc.oneof(fc.array(field), text), latin1: fc.oneof(fc.array(text), fc.array(fc.string()), text) },
      { requiredKeys: [] },
    ),
    fc.array(field),
    text,
  );
  fc.assert(
    fc.property(data, (any) => {
      assert.is(isPbxFactData(any), pbxFactDataSchema.safeParse(any).success);
    }),
    { numRuns: 500, includeErrorInReport: true },
  );
});

test('says who heard it as its schema says, whatever stands in it', () => {
  const any = fc.oneof(
    fc.constantFrom(undefined, null, '', 0, 1, -1, 1.5, 2 ** 53, true, {}, [], '2026-11-23T02:33:06Z'),
    fc.constantFrom('2026-02-29T02:33:06.221257Z', '2024-02-29T02:33:06+02:00', '2026-11-23 02:33:06Z', '2026-11-23'),
  );
  const keys = [...Object.keys(metadata), 'heard_before', 'said_after', 'more'];
  const changes = fc.dictionary(fc.constantFrom(...keys), any, { maxKeys: 3 });
  const told = fc.oneof(
    { weight: 9, arbitrary: changes.map((changed) => ({ ...metadata, ...changed })) },
    fc.constantFrom(null, undefined, 'text', 1, []),
  );
  fc.assert(
    fc.property(told, (one) => {
      assert.is(isPbxFactMetadata(one), pbxFactMetadataSchema.safeParse(one).success);
    }),
    { numRuns: 1000, includeErrorInReport: true },
  );
});

test('is read alike however a key is spelled, and by the first of repeated keys', () => {
  const [channel] = fact('CallHungUp', [
    ['UNIQUEID', '1.1'],
    ['channel', 'PJSIP/101-1'],
    ['Channel', 'PJSIP/102-1'],
    ['cHaNnElStAtE', '6'],
  ]).channels;
  assert.equal([channel?.uniqueid, channel?.name, channel?.state], ['1.1', 'PJSIP/101-1', 6]);
});

test('belongs to the calls of its channels and basic bridges; parking lots join nothing', () => {
  const entered = (type: string, technology: string) =>
    keysOf(
      fact('BridgeEntered', [
        ['Uniqueid', '2.2'],
        ['Linkedid', '1.1'],
        ['BridgeUniqueid', 'b1'],
        ['BridgeType', type],
        ['BridgeTechnology', technology],
      ]),
    );
  assert.equal(entered('basic', 'simple_bridge'), ['2.2', '1.1', 'bridge:b1']);
  assert.equal(entered('parking', 'holding_bridge'), ['2.2', '1.1']);
  assert.equal(keysOf(fact('CallOriginated', [['Uniqueid', '<unknown>']])), []);
});

test('names nothing by what can be no id', () => {
  const tooLong = Array.from({ length: 600 }, (_, nth) => `1795.${nth}`).join('.');
  const { channels, bridges } = fact('PbxEventObserved', [
    ['Uniqueid', tooLong],
    ['DestUniqueid', '1.1'],
    ['DestLinkedid', tooLong],
    ['BridgeUniqueid', tooLong],
    ['BridgeId', tooLong],
  ]);
  assert.equal(
    channels.map(({ uniqueid, linkedid }) => [uniqueid, linkedid]),
    [['1.1', null]],
  );
  assert.equal(bridges, []);
});

test('joins no calls when it is a transfer that was refused', () => {
  const transfer = (result: string) =>
    keysOf(
      fact('CallAttendedTransferred', [
        ['Result', result],
        ['OrigTransfererUniqueid', '1.1'],
        ['SecondTransfererUniqueid', '2.2'],
        ['OrigBridgeUniqueid', 'b1'],
        ['OrigBridgeType', 'basic'],
      ]),
    );
  assert.equal(transfer('Success'), ['1.1', '2.2', 'bridge:b1']);
  assert.equal(transfer('Not Permitted'), ['1.1']);
});

test('is folded with every fact that shares a key, also by way of others', () => {
  const pbx = new ScenarioPbx();
  const [one, other, third] = [
    pbx.comesIn('PJSIP/mytrunk'),
    pbx.phoneDials('101', '102'),
    pbx.phoneDials('103', '104'),
  ];
  assert.is(groupFacts(pbx.facts).length, 3);
  pbx.transfers(one, other, one, other);
  assert.equal(
    groupFacts(pbx.facts).map((group) => group.length),
    [3, 1],
  );
  pbx.enters(third, 'b1');
  pbx.enters(other, 'b1');
  assert.is(groupFacts(pbx.facts).length, 1);
});

test.run();
