import * as assert from 'uvu/assert';
import { type Recording, readRecording } from '../../../src/cli/text/recordedCalls.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { factOf } from '../../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../../src/domain/readGroup.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { recordingFile } from '../../support/recordings.ts';
import { recordEvents } from '../../support/recordRows.ts';
import { suite } from '../../support/suite.ts';

const test = suite('rows that were heard in part, with their call records');

type Columns = Readonly<Record<string, string>>;
/** The record of the call of `listener-gap`: the listener was away from before the answer to after the end. */
const OF_THE_GAP: Columns = {
  calldate: '2026-11-23 02:27:04',
  src: '6912345052',
  dst: '101',
  dcontext: 'from-did-direct',
  channel: 'PJSIP/mytrunk-0000013d',
  dstchannel: 'PJSIP/101-0000013e',
  lastapp: 'Dial',
  lastdata: 'PJSIP/101/sip:101@127.0.0.101:5060,15,HhTtrb(func-apply-sipheaders^s^1)',
  duration: '5',
  billsec: '3',
  disposition: 'ANSWERED',
  uniqueid: '1795400824.387',
  linkedid: '1795400824.387',
};
/** Of `mid-call-connect`: the listener came in the middle. */
const OF_THE_MIDDLE: Columns = {
  ...OF_THE_GAP,
  calldate: '2026-11-23 02:26:54',
  src: '6912345051',
  channel: 'PJSIP/mytrunk-0000013b',
  dstchannel: 'PJSIP/101-0000013c',
  duration: '8',
  billsec: '6',
  did: '2101234567',
  uniqueid: '1795400814.385',
  linkedid: '1795400814.385',
};

test('a call whose answer and end were missed has them from its record', async () => {
  const recording = await heard('asterisk-22/listener-gap');
  assert.equal(rows(recording, []), [], 'it goes on for all that was heard');
  const [row, ...others] = rows(recording, [OF_THE_GAP]);
  assert.equal(others, []);
  assert.is(row?.source, 'pbx');
  assert.is(row?.outcome, 'answered');
  assert.is(row?.did, '2101234567');
  assert.equal(row?.extensions, ['101']);
  assert.is(row?.answered_at, '2026-11-23T02:27:06.000000Z');
  assert.is(row?.ended_at, '2026-11-23T02:27:09.000000Z');
  assert.is(row?.duration_seconds, 3);
  assert.is(row?.ring_seconds, 2);
  assert.equal(row?.incomplete, ['end_not_heard', 'filled_from_records']);
  assert.equal(
    row?.course?.map(({ what, from, to }) => [what, from?.slice(17, 19), to?.slice(17, 19)]),
    [
      ['ringing', '04', '06'],
      ['talk', '06', '09'],
    ],
  );
  assert.is(row?.why.answered_at?.inputs.source, 'cdr');
  assert.is(row?.why.did?.inputs.source, undefined);
  assert.equal(row?.why.incomplete, { rule: 'not_all_heard', inputs: { reasons: row?.incomplete } });
});

test('a call that was joined in the middle has its begin, its DID and its answer from its record', async () => {
  const recording = await heard('asterisk-22/mid-call-connect');
  const [before] = rows(recording, []);
  const [row, ...others] = rows(recording, [OF_THE_MIDDLE]);
  assert.equal(others, []);
  assert.is(before?.did, null);
  assert.is(row?.did, '2101234567');
  assert.is(row?.ended_at, before?.ended_at, 'the end was heard');
  assert.is(row?.ring_seconds, 2);
  assert.is(row?.why.did?.inputs.source, 'cdr');
});

test('a call that was heard from beginning to end is not touched by its records, whatever they say', async () => {
  const recording = await heard('asterisk-22/in-answered-101');
  const [row] = rows(recording, []);
  const lie = {
    ...OF_THE_GAP,
    disposition: 'BUSY',
    uniqueid: row?.ext_message_id ?? '',
    linkedid: row?.ext_message_id ?? '',
  };
  assert.equal(rows(recording, [lie]), rows(recording, []));
});

test('a call of which only its record tells that a machine answered it says that one handled it', async () => {
  const recording = await heard('asterisk-22/listener-gap');
  const unanswered = { ...OF_THE_GAP, duration: '2', billsec: '0', disposition: 'NO ANSWER' };
  const machine = { dstchannel: 'AudioSocket/127.0.0.1:8090-3f1c', lastdata: '', sequence: '2' };
  const [row] = rows(recording, [unanswered, { ...OF_THE_GAP, ...machine }]);
  assert.equal([row?.outcome, row?.handled_by_machine], ['abandoned', true]);
  assert.is(row?.why.handled_by_machine?.inputs.source, 'cdr');
  const [byPerson] = rows(recording, [OF_THE_GAP]);
  assert.equal([byPerson?.outcome, byPerson?.handled_by_machine], ['answered', false]);
});

test('a call whose records tell a survey after the talk has the talk of them', async () => {
  const recording = await heard('asterisk-22/listener-gap');
  const survey = {
    calldate: '2026-11-23 02:27:09',
    dstchannel: '',
    lastapp: 'Playback',
    duration: '30',
    billsec: '30',
  };
  const [row] = rows(recording, [OF_THE_GAP, { ...OF_THE_GAP, ...survey, sequence: '2' }]);
  assert.equal([row?.duration_seconds, row?.body], [3, 'Call duration: 3s']);
  assert.is(row?.ended_at, '2026-11-23T02:27:39.000000Z');
});

test('a record that is written while its call is listened to does not end it', async () => {
  const { facts, connection } = await heard('asterisk-22/listener-gap');
  const listening =
    connection === null ? null : { ...connection, disconnectedAt: null, lastHeardAt: null, reason: null };
  const group = [...facts, ...recordEvents([new Map(Object.entries(OF_THE_GAP))]).map(factOf)];
  const folded = foldAndRead(group, { connections: listening === null ? [] : [listening], rules: defaultRules('GR') });
  assert.is(folded.open, true);
  assert.equal(folded.entries, []);
});

test.run();

/** What the first connection heard. */
async function heard(name: string): Promise<Recording> {
  return readRecording(recordingFile(`${name}/ami.txt.gz`).path);
}

function rows({ facts, connection }: Recording, records: readonly Columns[]): readonly CallEntry[] {
  const imported = recordEvents(records.map((record) => new Map(Object.entries(record)))).map(factOf);
  const all: readonly Fact[] = [...facts, ...imported];
  const connections = connection === null ? [] : [connection];
  return groupFacts(all).flatMap((group) => foldAndRead(group, { connections, rules: defaultRules('GR') }).entries);
}
