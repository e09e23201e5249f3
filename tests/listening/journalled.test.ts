import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxFactMetadataSchema, type RecordedEvent } from '../../src/domain/events.ts';
import { Journal } from '../../src/listening/journal/journal.ts';
import { eventually } from '../support/eventually.ts';
import { eventText, fakePbx } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening, readStream, seqOf, wordsOf } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('what was heard and is not yet stored', { deadlineMs: 120_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
const root = mkdtempSync(join(tmpdir(), 'commslog-journalled-'));
test.after(async () => {
  await log.close();
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const logger = pino({ level: 'silent' });
const open = (name: string) => Journal.open({ folder: join(root, name), logger });
const event = (n: number) => {
  const call = `1795.${n % 13}`;
  return eventText(n % 5 === 0 ? 'Hangup' : 'Newstate', { Uniqueid: call, Linkedid: call, N: String(n) });
};
const numbersOf = (facts: readonly RecordedEvent[]) => facts.map((fact) => Number(fieldOfFact(fact, 'N')));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('is stored by the next start, in one session, once and in order', async () => {
  const before = await listening(log, (client) => client.send(upTo(300).map(event).join('')), {
    pbx: 'next_start',
    journal: await open('next_start'),
    fate: () => 'LOG_UNAVAILABLE',
    timings: { drainMs: 20 },
  });
  await eventually('it is heard', () => before.listener.state().journal.records > 1);
  await before.end();
  assert.is((await factsOf(log, 'next_start')).length, 0);

  const after = await listening(log, () => {}, { pbx: 'next_start', journal: await open('next_start') });
  await eventually('all is stored', () => after.listener.state().journal.records === 0);
  await after.end();
  const facts = await factsOf(log, 'next_start');
  assert.equal(numbersOf(facts), upTo(300));
  assert.equal(facts.map(seqOf), upTo(300));
  const kinds = (await readStream(log, 'pbx-next_start')).map(({ type }) => type);
  assert.equal(kinds, ['PbxConnected', 'PbxDisconnected', 'PbxConnected', 'PbxDisconnected']);
});

test('is stored by the next start also when it is nothing but the end of a connection', async () => {
  const before = await listening(log, (client) => client.send(upTo(10).map(event).join('')), {
    pbx: 'end_only',
    journal: await open('end_only'),
    fate: (_, [first]) => (first?.type === 'PbxDisconnected' ? 'LOG_UNAVAILABLE' : 'works'),
    timings: { drainMs: 500 },
  });
  await eventually('all is stored', () => before.listener.state().stored === 10);
  await before.end();

  const after = await listening(log, () => {}, { pbx: 'end_only', journal: await open('end_only') });
  await eventually('all is stored', () => after.listener.state().journal.records === 0);
  await after.end();
  const ends = (await readStream(log, 'pbx-end_only')).filter(({ type }) => type === 'PbxDisconnected');
  assert.equal(
    ends.map(({ data }) => data.session),
    [0, 2],
  );
});

test('is not stored twice when the journal has forgotten what it had released', async () => {
  const once = await listening(log, (client) => client.send(upTo(6_000).map(event).join('')), {
    pbx: 'forgotten',
    journal: await open('forgotten'),
  });
  await eventually('all is stored', () => once.listener.state().stored === 6_000);
  await once.end();
  rmSync(join(root, 'forgotten', 'released.json'));

  const again = await listening(log, () => {}, { pbx: 'forgotten', journal: await open('forgotten') });
  await eventually('all is seen to be there', () => again.listener.state().journal.records === 0);
  await again.end();
  assert.equal(numbersOf(await factsOf(log, 'forgotten')), upTo(6_000));
});

test('is counted where the journal was damaged, and everything beside it is stored', async () => {
  const before = await listening(log, () => {}, {
    pbx: 'damaged',
    journal: await open('damaged'),
    fate: () => 'LOG_UNAVAILABLE',
    timings: { drainMs: 20 },
  });
  for (const n of upTo(5)) {
    await eventually('what was said before is heard', () => before.listener.state().journal.records > n);
    before.server.clients[0]?.send(event(3 * n) + event(3 * n + 1) + event(3 * n + 2));
  }
  await eventually('all is heard', () => before.listener.state().journal.records > 5);
  await before.end();
  const [file = ''] = readdirSync(join(root, 'damaged')).filter((name) => name.endsWith('.journal'));
  const lines = readFileSync(join(root, 'damaged', file), 'latin1').split('\n');
  const damaged = lines.map((line) => (line.includes('"N","7"') ? line.replace('"N","7"', '"N","8"') : line));
  writeFileSync(join(root, 'damaged', file), damaged.join('\n'), 'latin1');

  const after = await listening(log, () => {}, { pbx: 'damaged', journal: await open('damaged') });
  await eventually('the rest is stored', () => after.listener.state().journal.records === 0);
  assert.is(after.listener.state().missingFacts, 3);
  assert.match(wordsOf(after.listener), 'A part of the journal was damaged: 3 facts are missing in the log.');
  await after.end();
  assert.equal(numbersOf(await factsOf(log, 'damaged')), [...upTo(6), ...upTo(15).slice(9)]);
});

test('is not stored twice when its streams had begun before what the journal still has', async () => {
  const calls = (from: number, to: number) =>
    upTo(to - from)
      .map((n) => event(from + n))
      .join('');
  const first = await listening(log, (client) => client.send(calls(0, 900)), {
    pbx: 'begun',
    journal: await open('begun'),
  });
  await eventually('all is stored', () => first.listener.state().stored === 900);
  await first.end();
  const released = readFileSync(join(root, 'begun', 'released.json'));

  const second = await listening(log, (client) => client.send(calls(900, 6_000)), {
    pbx: 'begun',
    journal: await open('begun'),
  });
  await eventually('all is stored', () => second.listener.state().stored === 5_100);
  await second.end();
  writeFileSync(join(root, 'begun', 'released.json'), released);

  const third = await listening(log, () => {}, { pbx: 'begun', journal: await open('begun') });
  await eventually('all is seen to be there', () => third.listener.state().journal.records === 0);
  await third.end();
  assert.equal(numbersOf(await factsOf(log, 'begun')), upTo(6_000));
});

test('survives a kill at any time: of each connection all up to the kill is stored once, in order', async () => {
  let n = 0;
  let isTalking = true;
  const server = await fakePbx(async (client) => {
    await client.welcome();
    while (isTalking && !client.socket.destroyed) {
      client.send(Array.from({ length: 20 }, () => event(n++)).join(''));
      await sleep(2);
    }
    await client.pong();
  });
  const start = () => {
    const file = fileURLToPath(new URL('support/listenWorker.ts', import.meta.url));
    const args = [server.host, String(server.port), 'killed', database.url, join(root, 'killed')];
    return fork(file, args, { execArgv: ['--import', 'tsx'] });
  };
  for (let kill = 0; kill < 4; kill += 1) {
    const child = start();
    await said(child, ({ stored }) => stored > 200 + 137 * kill);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const last = start();
  await said(last, ({ stored }) => stored > 500);
  isTalking = false;
  await said(last, ({ records }) => records === 0);
  last.send('stop');
  await once(last, 'exit');
  await server.close();

  const facts = await factsOf(log, 'killed');
  const numbers = numbersOf(facts);
  assert.is(new Set(numbers).size, numbers.length, 'nothing twice');
  const sessions = bySession(facts);
  assert.is(sessions.size, 5);
  for (const [session, said] of sessions) {
    assert.equal(said.map(seqOf), upTo(said.length), `session ${session} has no holes`);
    const [first = 0] = numbersOf(said);
    assert.equal(
      numbersOf(said),
      upTo(said.length).map((nth) => first + nth),
    );
  }
});

function bySession(facts: readonly RecordedEvent[]): Map<number, RecordedEvent[]> {
  const sessions = new Map<number, RecordedEvent[]>();
  for (const fact of facts) {
    const { session } = pbxFactMetadataSchema.parse(fact.metadata);
    sessions.set(session, [...(sessions.get(session) ?? []), fact]);
  }
  return sessions;
}

function said(child: ChildProcess, isIt: (state: { stored: number; records: number }) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (state: unknown) => {
      if (!isIt(state as { stored: number; records: number })) return;
      child.off('message', look);
      resolve();
    };
    child.on('message', look);
  });
}

test.run();
