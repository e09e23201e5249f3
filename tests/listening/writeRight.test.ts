import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { keepServeLock, type ServeLock } from '../../src/adapters/postgres/index.ts';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { startListener } from '../../src/listening/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { WriteRight } from '../../src/ports/writeRight.ts';
import { createPool } from '../../src/postgres.ts';
import { sourceOf } from '../support/amiSource.ts';
import { eventually } from '../support/eventually.ts';
import { eventText, type FakePbx, fakePbx } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening, readStream, wordsOf } from '../support/listening.ts';
import { logLines } from '../support/logLines.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const test = suite('the right to store what a PBX says', { deadlineMs: 90_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
const pool = createPool(database.url, { max: 1 });
test.after(async () => {
  await pool.end();
  await log.close();
  await database.drop();
});

const QUICK = { awayMinMs: 5, awayMaxMs: 20, deniedMinMs: 10, deniedMaxMs: 20 };

/** A PBX that tells all who listen to it the same, numbered, until it is told to stop. */
async function talkingPbx(): Promise<{ server: FakePbx; silence(): Promise<number>; said(): number }> {
  const server = await fakePbx(async (client) => {
    await client.welcome();
    await client.pong();
  });
  let n = 0;
  let isTalking = true;
  const talk = async () => {
    while (isTalking) {
      const id = `1795.${n % 7}`;
      const text = eventText('Newstate', { Uniqueid: id, Linkedid: id, N: String(n) });
      const heard = server.clients.filter(({ isWelcome, socket }) => isWelcome && !socket.destroyed);
      for (const client of heard) client.send(text);
      if (heard.length > 0) n += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const talking = talk();
  return {
    server,
    said: () => n,
    async silence() {
      isTalking = false;
      await talking;
      return n;
    },
  };
}

/** A process as far as storing goes: its lock, and a listener that needs it. */
async function serving(server: FakePbx, pbx: string, lock: ServeLock) {
  const listener = startListener({
    source: sourceOf(server, { pbx }),
    journal: await temporaryJournal(),
    log,
    right: lock,
    clock: systemClock,
    logger: logLines().logger,
    app: '0.0.0',
    timings: QUICK,
  });
  return {
    listener,
    async end() {
      await listener.stop();
      await lock.release();
    },
  };
}

const locked = () =>
  keepServeLock(database.url, { logger: logLines().logger, timings: { retryMinMs: 20, retryMaxMs: 40 } });

/** Ends the connection that holds the lock. */
async function endLock(): Promise<void> {
  await pool.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = 7266001
        and database = (select oid from pg_database where datname = current_database())`,
  );
}

/** The lock, taken from who holds it: who asks first when its connection has ended has it. */
async function takenOver(): Promise<ServeLock> {
  for (;;) {
    await endLock();
    const lock = locked();
    const isHeld = await lock.acquired.then(
      () => true,
      () => false,
    );
    if (isHeld) return lock;
  }
}

const numbers = (facts: readonly RecordedEvent[]) => facts.map((fact) => Number(fieldOfFact(fact, 'N')));
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('while its lock is lost nothing is stored, and all that was heard meanwhile when it is held again', async () => {
  const pbx = await talkingPbx();
  const lock = locked();
  await lock.acquired;
  const { listener, end } = await serving(pbx.server, 'alone', lock);
  await eventually('it stores', () => listener.state().stored > 50);
  let whileLost = 0;
  lock.onChange(() => {
    if (lock.state() === 'lost') whileLost += 1;
  });
  await endLock();
  await eventually('it is lost and held again', () => whileLost > 0 && lock.state() === 'held');
  const said = pbx.said();
  await eventually('it stores again', () => listener.state().stored > said);
  const all = await pbx.silence();
  await eventually('all is stored', () => listener.state().stored === all);
  await end();
  await pbx.server.close();
  assert.equal(numbers(await factsOf(log, 'alone')), upTo(all));
  assert.equal(
    (await readStream(log, 'pbx-alone')).map(({ type }) => type),
    ['PbxConnected', 'PbxDisconnected'],
  );
});

test('what was on its way to the log when the lock was lost waits, too', async () => {
  let state: ReturnType<WriteRight['state']> = 'held';
  const listeners = new Set<() => void>();
  const enter = (next: typeof state) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const text = eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1' });
  const so = await listening(log, (client) => client.send(text), {
    right: { state: () => state, onChange },
    fate: (stream) => (stream.startsWith('call-') ? 'LOG_UNAVAILABLE' : 'works'),
  });
  await eventually('it could not be stored', () => so.listener.state().log.lastError === 'LOG_UNAVAILABLE');
  enter('lost');
  so.fate = () => 'works';
  await eventually('it was tried again', () => so.listener.state().log.lastError === 'SERVE_LOCK_LOST');
  assert.equal(await factsOf(log, so.pbx), []);
  enter('held');
  await eventually('it is stored', () => so.listener.state().stored === 1);
  await so.end();
  assert.is((await factsOf(log, so.pbx)).length, 1);
});

test('when another takes over in a flood and ends, each thing that was said is stored once, by one of them', async () => {
  const pbx = await talkingPbx();
  const lock = locked();
  await lock.acquired;
  const first = await serving(pbx.server, 'disputed', lock);
  await eventually('the first stores', () => first.listener.state().stored > 50);

  const second = await serving(pbx.server, 'disputed', await takenOver());
  await eventually('the first sees it', () => lock.state() === 'taken');
  const before = first.listener.state().stored;
  await eventually('the second stores', () => second.listener.state().stored > 200);
  assert.is(first.listener.state().stored, before, 'the first stores nothing meanwhile');
  assert.match(
    wordsOf(first.listener, lock.state()),
    /Another `commslog serve` uses this database: [\d.]+ [kM]B wait in the journal/,
  );

  await second.end();
  await eventually('the first has its lock again', () => lock.state() === 'held');
  const said = pbx.said();
  await eventually(
    'it has stored what it heard',
    () => first.listener.state().journal.records < 5 && pbx.said() > said,
  );
  const all = await pbx.silence();
  await eventually('nothing waits any more', () => first.listener.state().journal.records === 0);
  await first.end();
  await pbx.server.close();

  const stored = numbers(await factsOf(log, 'disputed'));
  assert.equal(sorted(stored), upTo(all));
  assert.ok((first.listener.state().counts['stored by another serve'] ?? 0) > 100);
});

test.run();
