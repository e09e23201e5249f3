import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxFactMetadataSchema } from '../../src/domain/events.ts';
import type { Micros } from '../../src/domain/time.ts';
import { startListener } from '../../src/listening/listener.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { Field, SourceItem } from '../../src/ports/pbxSource.ts';
import { factsOf, readStream } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { saidSource } from '../support/saidSource.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const test = suite('what the listener finds out about a PBX');

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
  await log.close();
  await database.drop();
});

const at = (seconds: number) => ((1_795_400_000 + seconds) * 1_000_000) as Micros;
const CONNECTED: SourceItem = { kind: 'connected', at: at(0), amiVersion: '11.0.0', clockOffsetMs: 0 };
const LEFT: SourceItem = {
  kind: 'disconnected',
  at: at(60),
  lastHeardAt: at(60),
  reason: 'STOPPED',
  pbxWentDown: false,
};

async function store(pbx: string, said: readonly SourceItem[]): Promise<void> {
  const { done } = startListener({
    source: saidSource(pbx, said),
    journal: await temporaryJournal(),
    log,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    app: '0.0.0',
  });
  await done;
}

test('each open channel that it is shown is a fact of its call, before the list is said to be complete', async () => {
  const channel = (uniqueid: string, linkedid: string): Field[] => [
    ['Event', 'Status'],
    ['Uniqueid', uniqueid],
    ['Linkedid', linkedid],
    ['DNID', '2101234571'],
  ];
  const channels = [channel('1795.4', '1795.4'), channel('1795.5', '1795.4'), channel('1795.9', '1795.9')];
  await store('listed', [
    CONNECTED,
    { kind: 'seen', at: at(1), saidAfter: null, channels: channels.slice(0, 2) },
    { kind: 'seen', at: at(1), saidAfter: null, channels: channels.slice(2) },
    { kind: 'listed', at: at(2), channels: 3 },
    LEFT,
  ]);
  const facts = await factsOf(log, 'listed');
  assert.equal(
    facts.map(({ type, stream }) => [type, stream]),
    [
      ['ChannelSeen', 'call-listed-1795.4'],
      ['ChannelSeen', 'call-listed-1795.4'],
      ['ChannelSeen', 'call-listed-1795.9'],
    ],
  );
  assert.equal(facts[0]?.data.fields, channels[0]);
  const [, listed] = await readStream(log, 'pbx-listed');
  assert.equal(
    [listed?.type, listed?.data],
    ['ChannelsListed', { session: 0, at: '2026-11-23T02:13:22.000000Z', channels: 3 }],
  );
  assert.ok(facts.every(({ position }) => listed !== undefined && position < listed.position));
});

test('that its clock has moved is a fact of the PBX', async () => {
  await store('clock', [CONNECTED, { kind: 'clock', at: at(30), clockOffsetMs: -61_000 }, LEFT]);
  const events = await readStream(log, 'pbx-clock');
  assert.equal(
    events.map(({ type }) => type),
    ['PbxConnected', 'ClockCompared', 'PbxDisconnected'],
  );
  assert.equal(events[1]?.data, { session: 0, at: '2026-11-23T02:13:50.000000Z', clock_offset_ms: -61_000 });
});

test('what may be old says after when it was said, and when it came', async () => {
  const fields: Field[] = [
    ['Event', 'Hangup'],
    ['Uniqueid', '1795.1'],
    ['Linkedid', '1795.1'],
  ];
  const frame = { event: 'Hangup', fields, latin1: [], bytes: 60 };
  await store('late', [
    CONNECTED,
    { kind: 'frames', at: at(2), saidAfter: null, frames: [frame] },
    { kind: 'frames', at: at(25), saidAfter: at(3), frames: [frame] },
    LEFT,
  ]);
  const heard = (await factsOf(log, 'late')).map(({ metadata }) => pbxFactMetadataSchema.parse(metadata));
  assert.equal(
    heard.map(({ said_after }) => said_after),
    [undefined, '2026-11-23T02:13:23.000000Z'],
  );
  assert.is(heard[1]?.received_at, '2026-11-23T02:13:45.000000Z');
});

test.run();
