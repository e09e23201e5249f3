import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxConnectedSchema, pbxDisconnectedSchema } from '../../src/domain/connectionEvents.ts';
import { pbxFactMetadataSchema } from '../../src/domain/events.ts';
import type { Micros } from '../../src/domain/time.ts';
import { hasCode } from '../../src/errors.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening, readStream, seqOf, wordsOf } from '../support/listening.ts';
import { logLines } from '../support/logLines.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('the listener');

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

const callEvent = (event: string, call: number, n = 0) =>
  eventText(event, {
    Channel: `PJSIP/101-0000000${call}`,
    Uniqueid: `1795.${call}`,
    Linkedid: `1795.${call}`,
    N: String(n),
  });

test('stores a session: its beginning, every fact in the stream of its call, its end', async () => {
  const { listener, pbx, end } = await listening(realLog, (client) => {
    client.send(callEvent('Newchannel', 1) + callEvent('Newchannel', 2) + eventText('DeviceStateChange'));
    client.send(callEvent('Hangup', 1) + eventText('Shutdown') + callEvent('Hangup', 2));
  });
  await eventually('four facts are stored', () => listener.state().stored === 4);
  assert.is(listener.state().counts.DeviceStateChange, 1);
  assert.is(listener.state().counts.Shutdown, 1);
  assert.is(listener.state().journal.records, 0);
  await end();

  const [connected, disconnected, ...more] = await readStream(realLog, `pbx-${pbx}`);
  assert.is(more.length, 0);
  assert.is(connected?.type, 'PbxConnected');
  const { ami_version, clock_offset_ms } = pbxConnectedSchema.parse(connected?.data);
  assert.is(ami_version, '11.0.0');
  assert.ok(clock_offset_ms !== null && Math.abs(clock_offset_ms) < 5_000);
  assert.is(disconnected?.type, 'PbxDisconnected');
  const ended = pbxDisconnectedSchema.parse(disconnected?.data);
  assert.is(ended.session, 0);
  assert.is(ended.reason, 'STOPPED');

  const facts = await factsOf(realLog, pbx);
  assert.equal(
    facts.map(({ type, stream }) => [type, stream.at(-1)]),
    [
      ['ChannelOpened', '1'],
      ['ChannelOpened', '2'],
      ['CallHungUp', '1'],
      ['CallHungUp', '2'],
    ],
  );
  assert.equal(facts.map(seqOf), [0, 1, 2, 3]);
  for (const { metadata } of facts) assert.is(pbxFactMetadataSchema.parse(metadata).session, 0);
  const isAfter = (position: bigint) => disconnected !== undefined && disconnected.position > position;
  assert.ok(
    facts.every(({ position }) => isAfter(position)),
    'the end of a session stands after its facts',
  );
});

test('the number of a session is where its PbxConnected stands, also when two listeners begin at once', async () => {
  const serve = () => {};
  const one = await listening(realLog, serve);
  const two = await listening(realLog, serve, { pbx: one.pbx });
  const send = (which: typeof one, n: number) => which.server.clients[0]?.send(callEvent('Newchannel', n));
  await eventually('both are connected', () => [one, two].every(({ server }) => server.clients[0]?.isWelcome));
  send(one, 1);
  send(two, 2);
  await eventually('both have stored', () => one.listener.state().stored + two.listener.state().stored === 2);
  await Promise.all([one.end(), two.end()]);
  const opened = (await readStream(realLog, `pbx-${one.pbx}`)).filter(({ type }) => type === 'PbxConnected');
  const sessions = (await factsOf(realLog, one.pbx)).map(
    ({ metadata }) => pbxFactMetadataSchema.parse(metadata).session,
  );
  assert.equal(
    sessions,
    opened.map(({ revision }) => Number(revision)),
  );
  assert.is(new Set(sessions).size, 2);
});

test('goes on with streams that an earlier listener has written', async () => {
  const first = await listening(realLog, (client) => client.send(callEvent('Newchannel', 1)));
  await eventually('stored', () => first.listener.state().stored === 1);
  await first.end();
  const second = await listening(realLog, (client) => client.send(callEvent('Hangup', 1)), { pbx: first.pbx });
  await eventually('stored', () => second.listener.state().stored === 1);
  await second.end();
  const facts = await readStream(realLog, `call-${first.pbx}-1795.1`);
  assert.equal(
    facts.map(({ type }) => type),
    ['ChannelOpened', 'CallHungUp'],
  );
});

test('whatever becomes of an append, every fact is stored once, in the order of its stream', async () => {
  const calls = 20;
  const perCall = 30;
  let appends = 0;
  const fates = ['works', 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN', 'stored_but_unknown', 'works'] as const;
  const { listener, pbx, log, end } = await listening(
    realLog,
    async (client) => {
      for (let n = 0; n < perCall; n += 1) {
        for (let call = 0; call < calls; call += 1) client.send(callEvent('Newstate', call, n));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    { fate: () => fates[appends++ % fates.length] ?? 'works' },
  );
  await eventually('all are stored', () => listener.state().stored === calls * perCall);
  await end();
  const facts = await factsOf(realLog, pbx);
  assert.equal(
    facts.map(seqOf),
    Array.from({ length: calls * perCall }, (_, seq) => seq),
  );
  for (let call = 0; call < calls; call += 1) {
    const stream = await readStream(realLog, `call-${pbx}-1795.${call}`);
    assert.equal(
      stream.map((fact) => Number(fieldOfFact(fact, 'N'))),
      Array.from({ length: perCall }, (_, n) => n),
    );
  }
  const sessions = (await readStream(realLog, `pbx-${pbx}`)).map(({ type }) => type);
  assert.equal(sessions, ['PbxConnected', 'PbxDisconnected']);
  assert.ok(log.mostAtOnce() <= 64);
});

test('the end of a session is stored after all its facts, also when they have to wait', async () => {
  let appends = 0;
  const { pbx, log, end } = await listening(
    realLog,
    (client, nth) => {
      if (nth === 0) client.socket.end(Array.from({ length: 300 }, (_, n) => callEvent('Newstate', n % 60)).join(''));
    },
    { fate: () => (appends++ % 2 === 0 ? 'LOG_UNAVAILABLE' : 'works') },
  );
  await eventually('the end is stored', () => log.appends.filter(({ stream }) => stream === `pbx-${pbx}`).length >= 2);
  await end();
  const [, disconnected] = await readStream(realLog, `pbx-${pbx}`);
  assert.is(disconnected?.type, 'PbxDisconnected');
  const facts = await factsOf(realLog, pbx);
  assert.is(facts.length, 300);
  const last = disconnected?.position ?? 0n;
  assert.ok(facts.every(({ position }) => position < last));
});

test('facts that wait together for a stream go into one append, no larger than an append may be', async () => {
  const { listener, pbx, log, end } = await listening(realLog, (client) => {
    const filler = { Filler: 'x'.repeat(1_000), Linkedid: '1795.1', Uniqueid: '1795.1' };
    for (let n = 0; n < 3_000; n += 1) client.send(eventText('Newstate', { ...filler, N: String(n) }));
  });
  await eventually('all are stored', () => listener.state().stored === 3_000);
  await end();
  assert.equal(log.refusals, [], 'the log refused none');
  const appends = log.appends.filter(({ stream }) => stream.startsWith('call-'));
  assert.ok(appends.length < 100, `${appends.length} appends`);
  assert.is(
    appends.reduce((sum, { events }) => sum + events, 0),
    3_000,
  );
  const stored = await readStream(realLog, `call-${pbx}-1795.1`);
  assert.equal(
    stored.map((fact) => Number(fieldOfFact(fact, 'N'))),
    Array.from({ length: 3_000 }, (_, n) => n),
  );
});

test('says that access to the log is denied, once, keeps everything, and goes on when it is granted', async () => {
  const { logger, lines } = logLines();
  const so = await listening(realLog, (client) => client.send(callEvent('Newchannel', 1)), {
    logger,
    fate: () => 'LOG_ACCESS_DENIED',
  });
  await eventually('it is said', () => so.listener.state().log.state === 'denied');
  await eventually('the frame is kept', () => so.listener.state().journal.records === 2);
  assert.is(so.listener.state().stored, 0);
  assert.match(wordsOf(so.listener), /refuses access: 1 kB wait in the journal/);
  so.fate = () => 'works';
  await eventually('it is stored', () => so.listener.state().stored === 1);
  assert.is(so.listener.state().log.state, 'available');
  assert.is(lines.filter((line) => line.includes('LOG_ACCESS_DENIED')).length, 1);
  await so.end();
});

test('facts of an erased call are dropped and counted; others are stored', async () => {
  const { listener, pbx, end } = await listening(
    realLog,
    (client) => client.send(callEvent('Newchannel', 1) + callEvent('Newchannel', 2) + callEvent('Hangup', 1)),
    { fate: (stream) => (stream.endsWith('1795.1') ? 'STREAM_DELETED' : 'works') },
  );
  await eventually('the other is stored', () => listener.state().stored === 1);
  await eventually('the erased ones are counted', () => listener.state().counts.STREAM_DELETED === 2);
  assert.is(listener.state().journal.records, 0);
  await end();
  assert.equal(
    (await factsOf(realLog, pbx)).map(({ stream }) => stream),
    [`call-${pbx}-1795.2`],
  );
});

test('a fact that the log refuses does not keep the others of its stream out', async () => {
  const bad = 13;
  const so = await listening(
    realLog,
    (client) => client.send(Array.from({ length: 40 }, (_, n) => callEvent('Newstate', 1, n)).join('')),
    { fate: (_, events) => (events.some(({ metadata }) => metadata.seq === bad) ? 'INVALID_EVENT' : 'works') },
  );
  await eventually('the others are stored', () => so.listener.state().stored === 39);
  await so.end();
  assert.is(so.listener.state().counts.INVALID_EVENT, 1);
  assert.not.ok((await factsOf(realLog, so.pbx)).map(seqOf).includes(bad));
});

test('stops within its time when the log is away, and says that the rest waits for the next start', async () => {
  const { logger, lines } = logLines();
  const so = await listening(realLog, (client) => client.send(callEvent('Newchannel', 1)), {
    logger,
    fate: () => 'LOG_UNAVAILABLE',
    timings: { drainMs: 50 },
  });
  await eventually('the frame is in the journal', () => so.listener.state().journal.records === 2);
  await so.end();
  assert.ok(lines.some((line) => line.includes('waits in the journal for the next start')));
});

test('ends with an error when the stream of the connection was deleted', async () => {
  const { listener, server } = await listening(realLog, () => {}, {
    fate: (stream) => (stream.startsWith('pbx-') ? 'STREAM_DELETED' : 'works'),
  });
  const error = await listener.done.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(hasCode(error, 'STREAM_DELETED'));
  await server.close();
});

test('a call of which nothing was heard for four hours is given up, once; one that has ended is not', async () => {
  let ahead = 0;
  const clock = { now: () => (systemClock.now() + ahead) as Micros };
  const { listener, pbx, end } = await listening(
    realLog,
    (client) => client.send(callEvent('Newchannel', 1) + callEvent('Newchannel', 2) + callEvent('Hangup', 2)),
    { clock, timings: { sweepMs: 5 } },
  );
  await eventually('all are stored', () => listener.state().stored === 3);
  ahead = 3.9 * 3_600_000_000;
  const sweeps = performance.now() + 50;
  await eventually('some sweeps', () => performance.now() > sweeps);
  assert.is(listener.state().stored, 3);
  ahead = 4.1 * 3_600_000_000;
  await eventually('the call is given up', () => listener.state().stored === 4);
  await end();
  const facts = await factsOf(realLog, pbx);
  assert.equal(
    facts.map(({ type }) => type),
    ['ChannelOpened', 'ChannelOpened', 'CallHungUp', 'CallGivenUp'],
  );
  const givenUp = facts.at(-1);
  assert.ok(givenUp !== undefined);
  assert.is(givenUp.stream, `call-${pbx}-1795.1`);
  assert.equal(givenUp.data, {
    fields: [
      ['Uniqueid', '1795.1'],
      ['Linkedid', '1795.1'],
    ],
  });
});

test('calls that were open when the program last ended are given up too', async () => {
  const lastFrameAt = (systemClock.now() - 5 * 3_600_000_000) as Micros;
  const { listener, pbx, end } = await listening(realLog, () => {}, {
    openCalls: async () => [{ uniqueid: '1700.7', linkedid: '1700.6', lastFrameAt }],
    timings: { sweepMs: 5 },
  });
  await eventually('it is given up', () => listener.state().stored === 1);
  await end();
  assert.equal(
    (await readStream(realLog, `call-${pbx}-1700.6`)).map(({ type }) => type),
    ['CallGivenUp'],
  );
});

for (const [event, missing] of [
  ['Hangup', 'read permission `cdr`'],
  ['Cdr', 'read permission `call`'],
] as const) {
  test(`says that the account lacks ${missing}, and nothing else`, async () => {
    const { listener, end } = await listening(realLog, (client) => {
      for (let n = 0; n < 300; n += 1) client.send(callEvent(event, 1, n));
    });
    await eventually('all are stored', () => listener.state().stored === 300);
    await end();
    const words = wordsOf(listener);
    assert.match(words, missing);
    assert.is(words.split('read permission').length, 2);
  });
}

test.run();
