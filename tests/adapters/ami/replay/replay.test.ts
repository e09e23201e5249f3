import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { recordingSource } from '../../../../src/adapters/ami/recordings/recording.ts';
import { type ReplayRead, readReplay } from '../../../../src/adapters/ami/replay/replayRecording.ts';
import { createReplayServer, type ReplayServer } from '../../../../src/adapters/ami/replay/replayServer.ts';
import { ReplayIds } from '../../../../src/adapters/ami/replay/replayShift.ts';
import { probe } from '../../../../src/adapters/ami/session/probe.ts';
import { readRecording, rowsOf } from '../../../../src/cli/text/recordedCalls.ts';
import { defaultRules } from '../../../../src/domain/rules.ts';
import { hasCode } from '../../../../src/errors.ts';
import { systemClock } from '../../../../src/ports/clock.ts';
import type { PbxSource, SourceItem } from '../../../../src/ports/pbxSource.ts';
import { eventsOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { eventText } from '../../../support/fakePbx.ts';
import { recordingFiles } from '../../../support/recordings.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the replaying server');

const recordings = recordingFiles()
  .filter(({ isTimed }) => isTimed)
  .map(({ path }) => path);
const ACCOUNT = { username: 'crm', secret: 's3cret' };
const scratch = mkdtempSync(join(tmpdir(), 'commslog-replay-'));
test.after(() => rmSync(scratch, { recursive: true }));

/** A recording made of these events, each a read of its own, so many seconds after the first. */
function recordingOf(name: string, events: readonly (readonly [seconds: number, text: string])[]): string {
  const file = join(scratch, `${name}.txt`);
  const reads = [[0, 'Asterisk Call Manager/11.0.0\r\n'], ...events] as const;
  let offset = 0;
  const timing = reads.map(([seconds, text]) => {
    const line = JSON.stringify([offset, text.length, 1_795_000_000 + seconds]);
    offset += text.length;
    return line;
  });
  writeFileSync(file, reads.map(([, text]) => text).join(''), 'latin1');
  writeFileSync(join(scratch, `${name}.timing.jsonl`), timing.join('\n'));
  return file;
}

const everyTenth = <T>(all: readonly T[]) => all.filter((_, n) => n % 10 === 0);
const textOf = (reads: readonly ReplayRead[]) => reads.map(({ text }) => text).join('');
const shifted = (reads: readonly ReplayRead[], by: Parameters<ReplayIds['shift']>[1]): ReplayRead[] => {
  const ids = new ReplayIds(reads);
  return reads.map(({ at, text }) => ({ at, text: ids.shift(text, by) }));
};

/** Everything that the server sends to a client, in frames. */
async function heard(server: ReplayServer, enough: number): Promise<SourceItem[]> {
  return itemsUntil(sourceOf(server), (items) => eventsOf(items).length >= enough);
}
const framesOf = (items: readonly SourceItem[]) =>
  items.flatMap((item) => (item.kind === 'frames' ? item.frames.map(({ fields }) => fields) : []));

async function allItems(source: PbxSource): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of source.items(new AbortController().signal)) items.push(item);
  return items;
}

test('sends what was recorded, event by event, byte for byte, to a listener', async () => {
  assert.ok(recordings.length > 50);
  for (const recording of everyTenth(recordings)) {
    const recorded = framesOf(await allItems(recordingSource(recording, { pbx: 'main' })));
    const server = await createReplayServer({
      recordings: [recording],
      credentials: ACCOUNT,
      pace: 'fast',
      shift: false,
    });
    assert.equal(framesOf(await heard(server, recorded.length)), recorded);
    await server.close();
  }
});

test('a shift changes ids and times, and nothing else: shifted back it is the same, byte for byte', async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const all = await Promise.all(recordings.map(readReplay));
  const shift = fc.record({
    seconds: fc.integer({ min: -50_000_000, max: 50_000_000 }),
    idCounter: fc.integer({ min: 0, max: 100_000 }),
    channelCounter: fc.integer({ min: 0, max: 100_000 }),
    bridgeMask: fc.integer({ min: 1, max: 0x7fffffff }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...all), shift, (reads, by) => {
      const there = shifted(reads, by);
      const back = { ...by, seconds: -by.seconds, idCounter: -by.idCounter, channelCounter: -by.channelCounter };
      assert.is(textOf(shifted(there, back)), textOf(reads));
    }),
    { seed, numRuns: 40 },
  );
});

test('a shifted replay shares no id, no channel and no bridge with the recording', async () => {
  const by = { seconds: 100, idCounter: 1_000, channelCounter: 1_000, bridgeMask: 0x12345678 };
  const ID_FIELD = /^(?:\w*(?:unique|linked)id|\w*channel|bridgeid): (.*[0-9a-f]{8}.*|\d+\.\d+)\r$/gim;
  for (const recording of recordings) {
    const reads = await readReplay(recording);
    const ids = (text: string) => new Set(Array.from(text.matchAll(ID_FIELD), (match) => match[1]));
    const before = ids(textOf(reads));
    const after = ids(textOf(shifted(reads, by)));
    assert.is(after.size, before.size, recording);
    for (const id of after) assert.not.ok(before.has(id), `${id} stayed`);
  }
});

test('a shifted replay is the same call at another time', async () => {
  const by = { seconds: 86_400, idCounter: 1_000, channelCounter: 1_000, bridgeMask: 0x12345678 };
  const rules = defaultRules('GR');
  const columns = async (file: string) =>
    rowsOf(await readRecording(file), rules).map((row) => [
      ...[row.direction, row.outcome, row.external_number_raw, row.external_name, row.did, row.dialled, row.trunk],
      ...[row.extensions, row.rang, row.ring_seconds, row.duration_seconds, row.incomplete],
    ]);
  for (const [n, recording] of everyTenth(recordings).entries()) {
    const reads = await readReplay(recording);
    const firstAt = reads[0]?.at ?? 0;
    const events = shifted(reads, by).map(({ at, text }) => [(at - firstAt) / 1e6 + by.seconds, text] as const);
    const before = reads.map(({ at, text }) => [(at - firstAt) / 1e6, text] as const);
    assert.equal(
      await columns(recordingOf(`shifted${n}`, events)),
      await columns(recordingOf(`before${n}`, before)),
      recording,
    );
  }
});

test('moves ids inside other values, times of an event and of a call record, and leaves look-alikes', () => {
  const text =
    'Event: Cdr\r\nTimestamp: 1795000000.123456\r\nUniqueID: pbx1-1795000000.7\r\nStartTime: 2026-12-31 23:59:58\r\n' +
    'RecordingFile: in-6912345678-1795000000.7.wav\r\nUserField: 1795000000.8\r\nLastData: PJSIP/101-00000007\r\n\r\n';
  const [read] = shifted([{ at: systemClock.now(), text }], {
    seconds: 5,
    idCounter: 10,
    channelCounter: 1,
    bridgeMask: 1,
  });
  assert.is(
    read?.text,
    'Event: Cdr\r\nTimestamp: 1795000005.123456\r\nUniqueID: pbx1-1795000005.17\r\nStartTime: 2027-01-01 00:00:03\r\n' +
      'RecordingFile: in-6912345678-1795000005.17.wav\r\nUserField: 1795000000.8\r\nLastData: PJSIP/101-00000007\r\n\r\n',
  );
});

test('repeats for ever, each time as a new call that happens now, overlapping replays in whole events', async () => {
  const call = (id: string): readonly [number, string][] => [
    [0, eventText('Newchannel', { Channel: 'PJSIP/x-00000001', Uniqueid: id, Linkedid: id })],
    [0.05, eventText('Newstate', { Channel: 'PJSIP/x-00000001', Uniqueid: id, Linkedid: id })],
    [0.1, eventText('Hangup', { Channel: 'PJSIP/x-00000001', Uniqueid: id, Linkedid: id })],
  ];
  const server = await createReplayServer({
    recordings: [recordingOf('one', call('1795000000.3')), recordingOf('two', call('1795000000.3'))],
    credentials: ACCOUNT,
    pace: 'recorded',
    shift: true,
    repeatEveryMs: 30,
  });
  const startedAt = Math.floor(Date.now() / 1000);
  const frames = framesOf(await heard(server, 100));
  const value = (fields: (typeof frames)[number], key: string) => fields.find(([name]) => name === key)?.[1] ?? '';
  const byCall = new Map<string, string[]>();
  for (const fields of frames) {
    const id = value(fields, 'Uniqueid');
    byCall.set(id, [...(byCall.get(id) ?? []), value(fields, 'Event')]);
    assert.ok(Number(id.split('.')[0]) >= startedAt, `${id} is not now`);
  }
  assert.ok(byCall.size >= 10);
  const complete = [...byCall.values()].filter(({ length }) => length === 3);
  assert.ok(complete.length > 0);
  for (const events of complete) assert.equal(events, ['Newchannel', 'Newstate', 'Hangup']);
  const opened = frames.filter((fields) => value(fields, 'Event') === 'Newchannel');
  assert.is(new Set(opened.map((fields) => value(fields, 'Channel'))).size, opened.length);
  await server.close();
});

test('keeps the pace of the recording', async () => {
  const events: readonly [number, string][] = [0, 0.15, 0.3].map((at) => [at, eventText('Hangup', { At: String(at) })]);
  const server = await createReplayServer({
    recordings: [recordingOf('pace', events)],
    credentials: ACCOUNT,
    pace: 'recorded',
    shift: true,
  });
  const items = (await heard(server, 3)).flatMap((item) => (item.kind === 'frames' ? [item.at ?? 0] : []));
  const [first = 0, second = 0, third = 0] = items;
  // the first may be late, the others are never early
  assert.ok(third - first >= 200_000 && second > first, `${second - first} and ${third - second} µs`);
  await server.close();
});

test('answers as Asterisk does', async () => {
  const server = await createReplayServer({
    recordings: [recordingOf('quiet', [[0, eventText('Hangup')]])],
    credentials: ACCOUNT,
    pace: 'recorded',
    shift: false,
  });
  const conversation: readonly (readonly [say: string, hear: string])[] = [
    ['Action: CoreShowChannels\r\nActionID: 7', 'Response: Error\r\nActionID: 7\r\nMessage: Permission denied'],
    ['GET / HTTP/1.0\r\nHost: x', 'Response: Error\r\nMessage: Missing action in request'],
    [
      'Action: Login\r\nActionID: 1\r\nUsername: crm\r\nSecret: s3cret',
      'Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted',
    ],
    ['action: Status\r\nactionid: a1', 'Response: Error\r\nActionID: a1\r\nMessage: Permission denied'],
    ['Action: Nonsense\r\nActionID: 2', 'Message: Invalid/unknown command: Nonsense. Use Action: ListCommands'],
    ['Action: Ping\r\nActionID: 3', 'Ping: Pong\r\nTimestamp: '],
    ['Action: Logoff\r\nActionID: 4', 'Response: Goodbye\r\nActionID: 4\r\nMessage: Thanks for all the fish.'],
  ];
  const socket = connect(server.port, server.host);
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes;
  });
  await eventually('the greeting', () => received === 'Asterisk Call Manager/11.0.0\r\n');
  for (const [say, hear] of conversation) {
    received = '';
    socket.write(`${say}\r\n\r\n`);
    await eventually(hear, () => received.includes(hear));
  }
  await eventually('it has closed', () => socket.closed);
  await server.close();
});

test('refuses a wrong secret and an unknown user, by challenge and in plain, and closes', async () => {
  const server = await createReplayServer({
    recordings: [recordingOf('refused', [[0, eventText('Hangup')]])],
    credentials: ACCOUNT,
    pace: 'fast',
    shift: false,
  });
  const options = { ...server, username: 'crm', secret: 'wrong', clock: systemClock, listenMs: 1 };
  for (const so of [{ login: 'md5' }, { login: 'plain' }, { username: 'nobody', secret: 's3cret' }] as const) {
    const error = await probe({ ...options, ...so }, new AbortController().signal).catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'AMI_LOGIN_REFUSED'));
  }
  assert.is(server.played(), 0);
  await server.close();
});

test('a probe tells how the login went, whose clock differs, which classes came and whether events are timed', async () => {
  for (const timed of [true, false]) {
    const time: Record<string, string> = timed ? { Timestamp: '1795000000.000001' } : {};
    const events = eventText('Hangup', time) + eventText('Cdr', time).replace('call,all', 'cdr,all');
    const server = await createReplayServer({
      recordings: [recordingOf(`probe${timed}`, [[0, events]])],
      credentials: ACCOUNT,
      pace: 'fast',
      shift: false,
    });
    const report = await probe(
      { ...server, ...ACCOUNT, clock: systemClock, listenMs: 200 },
      new AbortController().signal,
    );
    const { clockOffsetMs, ...rest } = report;
    assert.ok(clockOffsetMs !== null && Math.abs(clockOffsetMs) < 5_000);
    const seen = { classes: ['call', 'cdr'], timestamps: timed, commands: [], calls: null };
    assert.equal(rest, { amiVersion: '11.0.0', login: 'md5', tls: false, ...seen });
    await server.close();
  }
});

test('speaks TLS when it has a certificate', async () => {
  const pem = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}`, import.meta.url), 'utf8');
  const server = await createReplayServer({
    recordings: [recordingOf('tls', [[0, eventText('Hangup')]])],
    credentials: ACCOUNT,
    tls: { key: pem('pbx.key'), cert: pem('pbx.pem') },
    pace: 'fast',
    shift: false,
  });
  const items = await itemsUntil(sourceOf(server, { tls: { ca: pem('ca.pem') } }), (so) => eventsOf(so).length > 0);
  assert.equal(eventsOf(items), ['Hangup']);
  await server.close();
});

test('cuts a client off that does not read, as Asterisk does', async () => {
  const flood = eventText('Hangup', { Filler: 'x'.repeat(1_000) }).repeat(16_000);
  const server = await createReplayServer({
    recordings: [recordingOf('flood', [[0, flood]])],
    credentials: ACCOUNT,
    pace: 'recorded',
    shift: false,
  });
  const socket = connect(server.port, server.host);
  socket.write('Action: Login\r\nUsername: crm\r\nSecret: s3cret\r\n\r\n');
  await eventually('it was sent', () => server.played() === 1);
  let bytes = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await eventually('it is cut off', () => socket.closed);
  assert.ok(bytes < flood.length, `${bytes} bytes`);
  await server.close();
});

test('leaves out what the recorded listener had asked for', async () => {
  const asked = eventText('Status', { ActionID: 'commslog-0123456789ab-4', Uniqueid: '1.1' });
  const reads = await readReplay(recordingOf('asked', [[1, `${asked}${eventText('Hangup')}`]]));
  assert.is(textOf(reads), eventText('Hangup'));
});

test('a recording without times or without events cannot be replayed, and is named', async () => {
  const untimed = join(scratch, 'untimed.txt');
  writeFileSync(untimed, `Asterisk Call Manager/11.0.0\r\n${eventText('Hangup')}`);
  for (const file of [untimed, recordingOf('empty', []), join(scratch, 'missing.txt')]) {
    const options = { recordings: [file], credentials: ACCOUNT, pace: 'fast', shift: true } as const;
    const error = await createReplayServer(options).catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'RECORDING_UNREADABLE') && error.message.includes(file.replace(/.*\//, '')));
  }
});

test.run();
