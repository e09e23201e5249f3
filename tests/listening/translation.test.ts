import { readdirSync } from 'node:fs';
import { validate as isUuid, version as uuidVersion } from 'uuid';
import * as assert from 'uvu/assert';
import { recordingSource } from '../../src/adapters/ami/recordings/recording.ts';
import { pbxFactDataSchema, pbxFactMetadataSchema } from '../../src/domain/events.ts';
import { fromRfc3339, type Micros } from '../../src/domain/time.ts';
import { pbxFactOf } from '../../src/listening/pbxFact.ts';
import { CallRouting } from '../../src/listening/routing.ts';
import { createTranslator } from '../../src/listening/translation.ts';
import type { Frame } from '../../src/ports/pbxSource.ts';
import { framed } from '../support/framed.ts';
import { suite } from '../support/suite.ts';

const test = suite('translation into facts');

const AT = fromRfc3339('2026-11-23T02:33:06.221257Z') ?? (0 as Micros);
const NOW = fromRfc3339('2026-11-23T02:33:07.000001Z') ?? (0 as Micros);

/** A translator whose facts are given as they are stored. */
function translator(session = 7) {
  const { translate, dropped } = createTranslator(new CallRouting());
  const told = { pbx: 'main', session, app: '1.2.3', now: NOW };
  return {
    dropped,
    translate: (frames: readonly Frame[], receivedAt: Micros | null) =>
      translate(frames).map((fact) => pbxFactOf(fact, { ...told, receivedAt, saidAfter: null })),
  };
}

/** The frames of these events, each given as its lines. */
function frames(...events: readonly (readonly string[])[]): readonly Frame[] {
  return framed('Asterisk Call Manager/11.0.0\n', ...events.map((lines) => `${lines.join('\n')}\n\n`)).frames;
}

const HANGUP = ['Event: Hangup', 'Uniqueid: 1795400269.199', 'Linkedid: 1795400269.198', 'Cause: 16'];

test('a frame becomes a fact that says what it means, with its fields as they were', () => {
  const [fact] = translator().translate(frames(HANGUP), AT);
  assert.is(fact?.type, 'CallHungUp');
  assert.is(fact?.stream, 'call-main-1795400269.198');
  assert.equal(fact?.data, {
    fields: [
      ['Event', 'Hangup'],
      ['Uniqueid', '1795400269.199'],
      ['Linkedid', '1795400269.198'],
      ['Cause', '16'],
    ],
  });
  assert.equal(fact?.metadata, {
    v: 1,
    recorded_at: '2026-11-23T02:33:07.000001Z',
    app: '1.2.3',
    $correlationId: 'call-main-1795400269.198',
    pbx: 'main',
    session: 7,
    seq: 0,
    received_at: '2026-11-23T02:33:06.221257Z',
  });
});

test('a value that was no UTF-8 says so', () => {
  const jose = Buffer.from('Event: Newchannel\nUniqueid: 1.1\nCallerIDName: José\n\n', 'latin1');
  const [fact] = translator().translate(framed('Asterisk Call Manager/11.0.0\n', jose).frames, AT);
  assert.equal(fact?.data.latin1, ['CallerIDName']);
});

test('a recording without a clock has facts without a receive time', () => {
  const [fact] = translator().translate(frames(HANGUP), null);
  assert.is(fact?.metadata.received_at, null);
});

test('a fact that may be old says after when it was said', () => {
  const [heard] = createTranslator(new CallRouting()).translate(frames(HANGUP));
  assert.ok(heard);
  const told = { pbx: 'main', session: 7, app: '1.2.3', now: NOW, receivedAt: AT };
  assert.is(pbxFactOf(heard, { ...told, saidAfter: null }).metadata.said_after, undefined);
  const { metadata } = pbxFactOf(heard, { ...told, saidAfter: (AT - 20_000_000) as Micros });
  assert.is(metadata.said_after, '2026-11-23T02:32:46.221257Z');
  assert.is(metadata.received_at, '2026-11-23T02:33:06.221257Z');
});

test('facts are numbered from 0 without gaps, over all reads, dropped frames not counted', () => {
  const { translate } = translator();
  const facts = [
    ...translate(frames(HANGUP, ['Event: QueueParams'], HANGUP), AT),
    ...translate([], AT),
    ...translate(frames(['Event: StatusComplete'], HANGUP), AT),
  ];
  assert.equal(
    facts.map((fact) => fact.metadata.seq),
    [0, 1, 2],
  );
});

test('an id is a function of PBX, session and number, so a retry is the same and equal frames stay two', () => {
  const [first, second] = translator().translate(frames(HANGUP, HANGUP), AT);
  const [again] = translator().translate(frames(HANGUP), AT);
  const [otherSession] = translator(8).translate(frames(HANGUP), AT);
  assert.is(first?.id, again?.id);
  assert.is.not(first?.id, second?.id);
  assert.is.not(first?.id, otherSession?.id);
  assert.ok(isUuid(first?.id ?? '') && uuidVersion(first?.id ?? '') === 5);
});

test('an event in no table is kept when it names a channel or a bridge, else dropped and counted', () => {
  const { translate, dropped } = translator();
  const facts = translate(
    frames(
      ['Event: NewInAsterisk30', 'OtherChannel: PJSIP/101-00000001'],
      ['Event: BridgeVideoSourceUpdate', 'BridgeUniqueid: b1'],
      ['Event: QueueParams', 'Queue: 400'],
      ['Event: QueueParams', 'Channel: ', 'Uniqueid: <unknown>'],
    ),
    AT,
  );
  assert.equal(
    facts.map((fact) => fact.type),
    ['PbxEventObserved', 'PbxEventObserved'],
  );
  assert.equal([...dropped()], [['QueueParams', 2]]);
});

test('an event of the table is kept even when it names no channel', () => {
  const [fact] = translator().translate(frames(['Event: MessageWaiting', 'Mailbox: 101@default']), AT);
  assert.is(fact?.type, 'VoicemailLeft');
  assert.is(fact?.stream, 'call-main-session7');
});

test('an event that is called like a property of an object is no type', () => {
  const events = ['__proto__', 'constructor', 'toString', 'error'].map((name) => [`Event: ${name}`, 'Channel: x']);
  const facts = translator().translate(frames(...events), AT);
  assert.equal(new Set(facts.map((fact) => fact.type)), new Set(['PbxEventObserved']));
});

test('names without end are not all kept', () => {
  const { translate, dropped } = translator();
  translate(frames(...Array.from({ length: 1_000 }, (_, nth) => [`Event: Made${nth}Up`])), AT);
  assert.ok(dropped().size <= 201);
  assert.is(
    [...dropped().values()].reduce((sum, count) => sum + count, 0),
    1_000,
  );
});

test('every fact of every recording is as its schema says and survives JSON', async () => {
  for (const file of readdirSync('demo').filter((name) => name.endsWith('.txt'))) {
    const { translate } = translator();
    let facts = 0;
    for await (const item of recordingSource(`demo/${file}`, { pbx: 'main' }).items(new AbortController().signal)) {
      if (item.kind !== 'frames') continue;
      for (const { data, metadata } of translate(item.frames, item.at)) {
        assert.equal(pbxFactDataSchema.parse(JSON.parse(JSON.stringify(data))), data);
        assert.equal(pbxFactMetadataSchema.parse(metadata), metadata);
        facts += 1;
      }
    }
    assert.ok(facts > 0, file);
  }
});

test.run();
