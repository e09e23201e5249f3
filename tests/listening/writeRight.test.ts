import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { startListener } from '../../src/listening/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { sourceOf } from '../support/amiSource.ts';
import { eventually } from '../support/eventually.ts';
import { eventText, type FakePbx, fakePbx } from '../support/fakePbx.ts';
import { LeaseByHand } from '../support/leaseByHand.ts';
import { factsOf, fieldOfFact, listening, readStream, wordsOf } from '../support/listening.ts';
import { logLines } from '../support/logLines.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const test = suite('the right to store what a PBX says', { deadlineMs: 90_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
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

/** A process as far as storing goes. */
async function serving(server: FakePbx, pbx: string, right: LeaseByHand) {
  const listener = startListener({
    source: sourceOf(server, { pbx }),
    journal: await temporaryJournal(),
    log,
    right,
    clock: systemClock,
    logger: logLines().logger,
    app: '0.0.0',
    timings: QUICK,
  });
  return listener;
}

const numbers = (facts: readonly RecordedEvent[]) => facts.map((fact) => Number(fieldOfFact(fact, 'N')));
const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test('while the right is lost nothing is stored, and all that was heard meanwhile when it is held again', async () => {
  const pbx = await talkingPbx();
  const right = new LeaseByHand();
  const listener = await serving(pbx.server, 'alone', right);
  await eventually('it stores', () => listener.state().stored > 50);
  right.enter('lost');
  const saidBefore = pbx.said();
  await eventually('what was under way is stored', () => pbx.said() > saidBefore + 50);
  const before = listener.state().stored;
  await eventually('more is said', () => pbx.said() > saidBefore + 100);
  assert.is(listener.state().stored, before);
  right.enter('held');
  const all = await pbx.silence();
  await eventually('all is stored', () => listener.state().stored === all);
  await listener.stop();
  await pbx.server.close();
  assert.equal(numbers(await factsOf(log, 'alone')), upTo(all));
  assert.equal(
    (await readStream(log, 'pbx-alone')).map(({ type }) => type),
    ['PbxConnected', 'PbxDisconnected'],
  );
});

test('what was on its way to the log when the right was lost waits, too', async () => {
  const right = new LeaseByHand();
  const text = eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1' });
  const so = await listening(log, (client) => client.send(text), {
    right,
    fate: (stream) => (stream.startsWith('call-') ? 'LOG_UNAVAILABLE' : 'works'),
  });
  await eventually('it could not be stored', () => so.listener.state().log.lastError === 'LOG_UNAVAILABLE');
  right.enter('lost');
  so.fate = () => 'works';
  await eventually('it was tried again', () => so.listener.state().log.lastError === 'SERVE_LOCK_LOST');
  assert.equal(await factsOf(log, so.pbx), []);
  right.enter('held');
  await eventually('it is stored', () => so.listener.state().stored === 1);
  await so.end();
  assert.is((await factsOf(log, so.pbx)).length, 1);
});

test('when another takes over in a flood and ends, each thing that was said is stored once, by one of them', async () => {
  const pbx = await talkingPbx();
  const right = new LeaseByHand();
  const first = await serving(pbx.server, 'disputed', right);
  await eventually('the first stores', () => first.state().stored > 50);

  right.enter('taken');
  const others = new LeaseByHand();
  const second = await serving(pbx.server, 'disputed', others);
  const before = first.state().stored;
  await eventually('the second stores', () => second.state().stored > 200);
  assert.is(first.state().stored, before, 'the first stores nothing meanwhile');
  assert.match(
    wordsOf(first, right.state()),
    /Another `commslog serve` uses this database: [\d.]+ [kM]B wait in the journal/,
  );

  await second.stop();
  right.enter('held');
  const said = pbx.said();
  await eventually('it has stored what it heard', () => first.state().journal.records < 5 && pbx.said() > said);
  const all = await pbx.silence();
  await eventually('nothing waits any more', () => first.state().journal.records === 0);
  await first.stop();
  await pbx.server.close();

  const stored = numbers(await factsOf(log, 'disputed'));
  assert.equal(sorted(stored), upTo(all));
  assert.ok((first.state().counts['stored by another serve'] ?? 0) > 100);
});

test.run();
