import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { pbxConnectedSchema, pbxDisconnectedSchema } from '../../src/domain/connectionEvents.ts';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { startListener } from '../../src/listening/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { sourceOf } from '../support/amiSource.ts';
import { eventually } from '../support/eventually.ts';
import { eventText, type FakePbx, fakePbx, SECRET } from '../support/fakePbx.ts';
import { LeaseRow, TurnsByHand } from '../support/leaseRow.ts';
import { factsOf, fieldOfFact, listening, readStream } from '../support/listening.ts';
import { logLines } from '../support/logLines.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const test = suite('a PBX that goes from one server to another', { deadlineMs: 90_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
  await log.close();
  await database.drop();
});

const QUICK = {
  awayMinMs: 5,
  awayMaxMs: 20,
  tellMs: 10,
  underWayMs: 50,
  lookAgainMinMs: 5,
  lookAgainMaxMs: 20,
  unheardMinMs: 20,
  unheardMaxMs: 50,
};

/** So many that two servers that store of the same calls seldom meet in one stream. */
const CALLS = 97;

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
      const id = `1795.${n % CALLS}`;
      const text = eventText('Newstate', { Uniqueid: id, Linkedid: id, N: String(n) });
      const heard = server.clients.filter(({ isWelcome, socket }) => isWelcome && !socket.destroyed);
      for (const client of heard) client.send(text);
      if (heard.length > 0) n += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
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

/** Servers that share a PBX, by one row of leases. */
function sharing(server: FakePbx, pbx: string) {
  const row = new LeaseRow();
  const turns = new TurnsByHand();
  return {
    row,
    async serve(name: string, { secret = SECRET } = {}) {
      const lease = row.of(name);
      if (row.holder === null) row.give(lease);
      const listener = startListener({
        source: sourceOf(server, { pbx, secret }),
        journal: await temporaryJournal(),
        log,
        sharing: { server: { id: name, name }, lease, takeTurn: () => turns.take() },
        clock: systemClock,
        logger: logLines().logger,
        app: '0.0.0',
        timings: QUICK,
      });
      return { lease, listener };
    },
  };
}

const numbers = (facts: readonly RecordedEvent[]) => facts.map((fact) => Number(fieldOfFact(fact, 'N')));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const sessionsOf = async (pbx: string) => (await readStream(log, `pbx-${pbx}`)).map(({ type }) => type);

async function endsOf(pbx: string) {
  const events = await readStream(log, `pbx-${pbx}`);
  return events.flatMap(({ type, data }) => (type === 'PbxDisconnected' ? [pbxDisconnectedSchema.parse(data)] : []));
}

test('while PostgreSQL says nothing it is stored nothing, and all that was heard meanwhile when it does again', async () => {
  const pbx = await talkingPbx();
  const { serve } = sharing(pbx.server, 'alone');
  const { lease, listener } = await serve('one');
  await eventually('it stores', () => listener.state().stored > 50);
  lease.cutOff(true);
  const saidBefore = pbx.said();
  await eventually('what was under way is stored', () => pbx.said() > saidBefore + 50);
  const before = listener.state().stored;
  await eventually('more is said', () => pbx.said() > saidBefore + 100);
  assert.is(listener.state().stored, before);
  assert.is(listener.state().journal.waitsFor, 'lease');
  lease.cutOff(false);
  const all = await pbx.silence();
  await eventually('all is stored', async () => (await factsOf(log, 'alone')).length === all);
  await listener.stop();
  await pbx.server.close();
  assert.equal(numbers(await factsOf(log, 'alone')), upTo(all));
  assert.equal(await sessionsOf('alone'), ['PbxConnected', 'PbxDisconnected']);
});

test('what was on its way to the log when the lease was lost waits, too', async () => {
  const row = new LeaseRow();
  const lease = row.of('one');
  row.give(lease);
  const turns = new TurnsByHand();
  const text = eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1' });
  const so = await listening(log, (client) => client.send(text), {
    sharing: { server: { id: 'one', name: 'one' }, lease, takeTurn: () => turns.take() },
    fate: (stream) => (stream.startsWith('call-') ? 'LOG_UNAVAILABLE' : 'works'),
    timings: QUICK,
  });
  await eventually('it could not be stored', () => so.listener.state().log.lastError === 'LOG_UNAVAILABLE');
  lease.cutOff(true);
  so.fate = () => 'works';
  await eventually('it waits', () => so.listener.state().journal.waitsFor === 'lease');
  assert.equal(await factsOf(log, so.pbx), []);
  lease.cutOff(false);
  await eventually('it is stored', () => so.listener.state().stored === 1);
  await so.end();
  assert.is((await factsOf(log, so.pbx)).length, 1);
});

test('one that stands by does not disturb the PBX, and tells the end of the server before it when it takes over', async () => {
  const pbx = await talkingPbx();
  const { row, serve } = sharing(pbx.server, 'killed');
  const one = await serve('one');
  await eventually('the first stores', () => one.listener.state().stored > 20);
  const two = await serve('two');
  await eventually('the first tells how far it is', () => (row.told?.storedUntil ?? 0) > 0 && row.told?.session === 0);
  assert.is(pbx.server.clients.length, 1);

  one.lease.cutOff(true);
  row.give(two.lease);
  await eventually('the second stores', () => two.listener.state().stored > 20);
  const [end] = await endsOf('killed');
  assert.equal([end?.session, end?.reason], [0, 'TAKEN_OVER']);
  const names = (await readStream(log, 'pbx-killed')).flatMap(({ type, data }) =>
    type === 'PbxConnected' ? [pbxConnectedSchema.parse(data).server] : [],
  );
  assert.equal(names, ['one', 'two']);
  await pbx.silence();
  await Promise.all([one.listener.stop(), two.listener.stop()]);
  await pbx.server.close();
});

test('one that comes back leaves the PBX and stores what it has heard until the next one did; each frame stands once', async () => {
  const pbx = await talkingPbx();
  const { row, serve } = sharing(pbx.server, 'zombie');
  const one = await serve('one');
  await eventually('the first stores', () => one.listener.state().stored > 50);
  const two = await serve('two');
  one.lease.cutOff(true);
  const saidBefore = pbx.said();
  await eventually('the first alone hears', () => pbx.said() > saidBefore + 100);
  row.give(two.lease);
  await eventually('both hear', () => two.listener.state().stored > 100);
  one.lease.cutOff(false);
  await eventually('the first has left', () => one.listener.state().state === 'stopped');
  await eventually('its journal is settled', () => one.listener.state().journal.records === 0);
  const all = await pbx.silence();
  await eventually('the second has stored all', () => two.listener.state().journal.records === 0);
  assert.equal(numbers(await factsOf(log, 'zombie')), upTo(all), 'in one order, without a gap');
  assert.ok(one.listener.state().setAside >= 100, 'what both have heard is set aside by one');
  const heard = (await readStream(log, 'pbx-zombie')).find(({ type }) => type === 'GapHeard');
  assert.is(heard?.data.set_aside, one.listener.state().setAside);
  await Promise.all([one.listener.stop(), two.listener.stop()]);
  await pbx.server.close();
});

test('a server that stops leaves when the next one listens, and each frame of the flood stands once', async () => {
  const pbx = await talkingPbx();
  const { row, serve } = sharing(pbx.server, 'handed');
  const one = await serve('one');
  await eventually('the first stores', () => one.listener.state().stored > 50);
  const two = await serve('two');
  await one.listener.stop();
  assert.is(row.holder, two.lease);
  assert.is(one.listener.state().journal.records, 0);
  const said = pbx.said();
  await eventually('the second goes on', () => two.listener.state().stored > 50 && pbx.said() > said);
  const all = await pbx.silence();
  await eventually('all is stored', () => two.listener.state().journal.records === 0);
  assert.equal(numbers(await factsOf(log, 'handed')), upTo(all), 'in one order, without a gap');
  assert.equal(
    (await endsOf('handed')).map(({ reason }) => reason),
    ['HANDED_OVER'],
  );
  await two.listener.stop();
  await pbx.server.close();
});

test('a server that the PBX does not let in leaves it to another, and takes it back when that one ends', async () => {
  const pbx = await talkingPbx();
  const { row, serve } = sharing(pbx.server, 'refusing');
  const one = await serve('one', { secret: 'wrong' });
  const two = await serve('two');
  await eventually('the second stores', () => row.holder === two.lease && two.listener.state().stored > 20);
  await eventually('the first leaves the PBX alone', () => one.listener.state().state === 'stopped');
  await two.listener.stop();
  await eventually('the first tries again', () => one.listener.state().lastError === 'AMI_LOGIN_REFUSED');
  const ended = await endsOf('refusing');
  const three = await serve('three');
  await eventually('the third stores', () => row.holder === three.lease && three.listener.state().stored > 20);
  assert.equal(await endsOf('refusing'), ended, 'of the first, which was never connected, nothing is told');
  await Promise.all([one.listener.stop(), three.listener.stop()]);
  await pbx.silence();
  await pbx.server.close();
});

test('a successor that the PBX does not let in leaves it to the next one, and the server that stops waits for that', async () => {
  const pbx = await talkingPbx();
  const { row, serve } = sharing(pbx.server, 'declined');
  const one = await serve('one');
  await eventually('the first stores', () => one.listener.state().stored > 50);
  const two = await serve('two', { secret: 'wrong' });
  const three = await serve('three');
  await one.listener.stop();
  assert.is(row.holder, three.lease);
  assert.is(two.listener.state().lastError, 'AMI_LOGIN_REFUSED');
  const said = pbx.said();
  await eventually('the third goes on', () => three.listener.state().stored > 50 && pbx.said() > said);
  const all = await pbx.silence();
  await eventually('all is stored', () => three.listener.state().journal.records === 0);
  assert.equal(numbers(await factsOf(log, 'declined')), upTo(all), 'in one order, without a gap');
  assert.equal(
    (await endsOf('declined')).map(({ reason }) => reason),
    ['HANDED_OVER'],
  );
  await Promise.all([two.listener.stop(), three.listener.stop()]);
  await pbx.server.close();
});

test('a restart of the PBX while nobody listened is proved by what the server before has heard', async () => {
  const newChannel = (id: string) => eventText('Newchannel', { Uniqueid: id, Linkedid: id });
  const server = await fakePbx(async (client, nth) => {
    await client.welcome();
    client.send(nth === 0 ? newChannel('1795876893.393') : newChannel('1795876993.2'));
    await client.pong();
  });
  const { row, serve } = sharing(server, 'restarted');
  const one = await serve('one');
  await eventually('the first tells of a channel', () => (row.told?.newestUniqueids.length ?? 0) > 0);
  const two = await serve('two');
  one.lease.cutOff(true);
  row.give(two.lease);
  await eventually('it is proved', async () => (await sessionsOf('restarted')).includes('PbxRestarted'));
  await Promise.all([one.listener.stop(), two.listener.stop()]);
  await server.close();
});

test.run();
