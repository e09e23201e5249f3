import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxDisconnectedSchema, pbxRestartedSchema } from '../../src/domain/connectionEvents.ts';
import { envelope } from '../../src/domain/envelope.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../src/domain/time.ts';
import type { Heard } from '../../src/listening/heard.ts';
import { Journal } from '../../src/listening/journal/journal.ts';
import { startListener } from '../../src/listening/listener.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { SourceItem } from '../../src/ports/pbxSource.ts';
import { eventually } from '../support/eventually.ts';
import { eventText, fakePbx } from '../support/fakePbx.ts';
import { factsOf, readStream } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { answerAs, REPORTING } from '../support/recordedAnswers.ts';
import { saidSource } from '../support/saidSource.ts';
import { suite } from '../support/suite.ts';

const test = suite('the end of a connection whose process was killed', { deadlineMs: 120_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
const root = mkdtempSync(join(tmpdir(), 'commslog-killed-'));
test.after(async () => {
  await log.close();
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const at = (seconds: number) => ((1_795_400_000 + seconds) * 1_000_000) as Micros;
const logger = pino({ level: 'silent' });
const typesIn = async (pbx: string) => (await readStream(log, `pbx-${pbx}`)).map(({ type }) => type);

/** Listens until the source has said all; what a killed process left in the folder is there before. */
async function listen(pbx: string, said: readonly SourceItem[]): Promise<void> {
  const journal = await Journal.open({ folder: join(root, pbx), logger });
  const source = saidSource(pbx, said);
  await startListener({ source, journal, log, clock: systemClock, logger, app: '0.0.0' }).done;
}

/** A journal as a killed process leaves it. */
async function left(pbx: string, records: readonly Heard[]): Promise<void> {
  const journal = await Journal.open({ folder: join(root, pbx), logger });
  for (const record of records) await journal.append(record);
  await journal.end();
  await journal.close();
}

async function killedIn(pbx: string) {
  const events = await readStream(log, `pbx-${pbx}`);
  const end = events.find(({ type }) => type === 'PbxDisconnected');
  return pbxDisconnectedSchema.parse(end?.data);
}

const CONNECTION = '4b1c0f0a-2d55-4c8f-9a55-2b6f0c7d1e93';
const CONNECTED: SourceItem = { kind: 'connected', at: at(500), amiVersion: '11.0.0', clockOffsetMs: 0 };
const STOPPED: SourceItem = {
  kind: 'disconnected',
  at: at(600),
  lastHeardAt: at(600),
  reason: 'STOPPED',
  pbxWentDown: false,
};
const fields = [
  ['Event', 'Newchannel'],
  ['Uniqueid', '1795400010.7'],
  ['Linkedid', '1795400010.7'],
] as const;
const fact = { seq: 0, call: '1795400010.7', type: 'ChannelOpened', fields, latin1: [] };

test('is told by the next process, with the last proof of hearing, when all that was heard is in the log', async () => {
  const folder = join(root, 'released');
  const server = await fakePbx(async (client) => {
    await client.welcome();
    client.send(eventText('Newchannel', { Uniqueid: '1795876893.393', Linkedid: '1795876893.393' }));
    await answerAs(client, REPORTING);
  });
  const start = () => {
    const file = fileURLToPath(new URL('support/listenWorker.ts', import.meta.url));
    const args = [server.host, String(server.port), 'released', database.url, folder];
    return fork(file, args, { execArgv: ['--import', 'tsx'] });
  };
  const heard = join(folder, 'heard.json');
  const proven = () => (existsSync(heard) ? Number(JSON.parse(readFileSync(heard, 'utf8')).at) : 0);

  const first = start();
  await eventually('all is stored', async () => (await typesIn('released')).includes('ChannelsListed'));
  const storedAt = systemClock.now();
  await eventually('a later Ping is answered', () => proven() > storedAt);
  assert.is(statSync(heard).mode & 0o777, 0o600);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const killedAt = systemClock.now();

  const second = start();
  await eventually('it is heard again', async () => (await typesIn('released')).length === 5);
  second.send('stop');
  await once(second, 'exit');
  await server.close();

  assert.equal(await typesIn('released'), [
    'PbxConnected',
    'ChannelsListed',
    'PbxDisconnected',
    'PbxConnected',
    'ChannelsListed',
    'PbxDisconnected',
  ]);
  const { session, reason, last_heard_at } = await killedIn('released');
  assert.equal([session, reason], [0, 'KILLED']);
  const lastHeardAt = fromRfc3339(last_heard_at) ?? 0;
  assert.ok(lastHeardAt > storedAt && lastHeardAt <= killedAt, 'not the last fact: the last answered Ping');
  const seen = (await factsOf(log, 'released')).filter(({ type }) => type === 'ChannelSeen');
  assert.is(seen.length, 2 * 4);
});

test('is told too when what it heard still lies in the journal, behind it and before the next connection', async () => {
  await left('left', [
    { kind: 'connected', connection: CONNECTION, at: at(0), amiVersion: '11.0.0', clockOffsetMs: 0 },
    { kind: 'facts', connection: CONNECTION, at: at(10), saidAfter: null, facts: [fact] },
    { kind: 'facts', connection: CONNECTION, at: at(40), saidAfter: at(12), facts: [{ ...fact, seq: 1 }] },
  ]);
  await listen('left', [CONNECTED, STOPPED]);
  assert.equal(await typesIn('left'), ['PbxConnected', 'PbxDisconnected', 'PbxConnected', 'PbxDisconnected']);
  const { session, reason, last_heard_at } = await killedIn('left');
  assert.equal([session, reason, fromRfc3339(last_heard_at)], [0, 'KILLED', at(12)]);
  assert.is((await factsOf(log, 'left')).length, 2);
});

test('is not told of a connection whose end was heard, nor a second time', async () => {
  const records: readonly Heard[] = [
    { kind: 'connected', connection: CONNECTION, at: at(0), amiVersion: '11.0.0', clockOffsetMs: 0 },
    { ...STOPPED, connection: CONNECTION },
    // that a call is given up may be said behind the end
    { kind: 'facts', connection: CONNECTION, at: at(700), saidAfter: null, facts: [fact] },
  ];
  await left('ended', records);
  await listen('ended', [CONNECTED, STOPPED]);
  await listen('ended', [CONNECTED, STOPPED]);
  const ends = (await readStream(log, 'pbx-ended')).filter(({ type }) => type === 'PbxDisconnected');
  assert.equal(
    ends.map(({ data }) => pbxDisconnectedSchema.parse(data).reason),
    ['STOPPED', 'STOPPED', 'STOPPED'],
  );
});

test('what followed its beginning is stored in its session, though that was released before the kill', async () => {
  const data = { at: toRfc3339(at(0)), ami_version: '11.0.0', clock_offset_ms: 0 };
  const told = { at: at(0), app: '0.0.0', correlationId: 'pbx-begun' };
  await log.append('pbx-begun', [envelope({ id: CONNECTION, type: 'PbxConnected', data }, told)], 'no_stream');
  await left('begun', [
    { kind: 'clock', connection: CONNECTION, at: at(20), clockOffsetMs: 5_000 },
    { kind: 'listed', connection: CONNECTION, at: at(21), channels: 0 },
  ]);
  await listen('begun', []);
  const events = await readStream(log, 'pbx-begun');
  assert.equal(
    events.map(({ type }) => type),
    ['PbxConnected', 'ClockCompared', 'ChannelsListed', 'PbxDisconnected'],
  );
  assert.ok(events.slice(1).every(({ data }) => data.session === 0));
});

test('the next process proves that the PBX was started anew meanwhile, by its count of channels or its start time', async () => {
  const opened = (seconds: number, counter: number): SourceItem => {
    const uniqueid = `${1_795_400_000 + seconds}.${counter}`;
    const said = [
      ['Event', 'Newchannel'],
      ['Uniqueid', uniqueid],
      ['Linkedid', uniqueid],
    ] as const;
    const frame = { event: 'Newchannel', fields: said, latin1: [], bytes: 80 };
    return { kind: 'frames', at: at(seconds), saidAfter: null, frames: [frame] };
  };
  const started = (seconds: number, startedAt: string): SourceItem => ({ kind: 'started', at: at(seconds), startedAt });
  await listen('restarted', [CONNECTED, opened(505, 57), STOPPED]);
  await listen('restarted', [CONNECTED, opened(610, 0), started(611, '2026-11-23 02:00:00'), STOPPED]);
  await listen('restarted', [CONNECTED, started(620, '2026-11-23 04:23:30'), opened(630, 0), STOPPED]);
  await listen('restarted', [CONNECTED, started(640, '2026-11-23 04:23:30'), opened(650, 1), STOPPED]);
  const restarts = (await readStream(log, 'pbx-restarted')).filter(({ type }) => type === 'PbxRestarted');
  assert.equal(
    restarts.map(({ data }) => pbxRestartedSchema.parse(data)),
    [
      { session: 2, at: '2026-11-23T02:23:30.000000Z', proof: 'uniqueid_counter', started_at: null },
      {
        session: 5,
        at: '2026-11-23T02:23:40.000000Z',
        proof: 'start_time',
        started_at: '2026-11-23T02:23:30.000000Z',
      },
    ],
  );
});

test('a restart that was told is not told again by a process that comes after a kill', async () => {
  const started = (startedAt: string): SourceItem => ({ kind: 'started', at: at(501), startedAt });
  await listen('once', [CONNECTED, started('2026-11-23 02:00:00'), STOPPED]);
  // killed before it has heard anything more
  await listen('once', [CONNECTED, started('2026-11-23 02:23:30')]);
  await listen('once', [CONNECTED, started('2026-11-23 02:23:30'), STOPPED]);
  const types = await typesIn('once');
  assert.is(types.filter((type) => type === 'PbxRestarted').length, 1);
  assert.equal(types.slice(-3), ['PbxDisconnected', 'PbxConnected', 'PbxDisconnected']);
});

test.run();
