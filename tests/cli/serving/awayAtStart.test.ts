import * as assert from 'uvu/assert';
import { z } from 'zod';
import { openEventStoreDb, openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { pbxConnectedSchema } from '../../../src/domain/connectionEvents.ts';
import { pbxFactMetadataSchema } from '../../../src/domain/events.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { createProxy } from '../../adapters/eventstore/network.ts';
import { eventually } from '../../support/eventually.ts';
import { startFakeEventStoreDb } from '../../support/fakeEventStoreDb/index.ts';
import { eventText, type FakePbx, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { freePort } from '../../support/freePort.ts';
import { factsOf, fieldOfFact, readStream, seqOf } from '../../support/listening.ts';
import { createDatabase } from '../../support/postgres.ts';
import { beginServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('what serve does while something is away at its start', { deadlineMs: 120_000 });

const FACTS = 200;
const event = (n: number) => {
  const id = `1795.${n % 7}`;
  return eventText('Newstate', { Uniqueid: id, Linkedid: id, N: String(n) });
};

/** A PBX that says its facts as soon as it is listened to. */
function speakingPbx(): Promise<FakePbx> {
  return fakePbx(async (client) => {
    await client.welcome();
    for (let n = 0; n < FACTS; n += 1) client.send(event(n));
    await client.pong();
  });
}

/** Lives, is not ready and says why, and asks whoever wants more to come again. */
async function assertStarting(port: string, why: RegExp): Promise<void> {
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { answer, json: z.looseObject({}).parse(await answer.json()) };
  };
  const lives = await ask('/livez');
  assert.equal([lives.answer.status, lives.json], [200, { status: 'pass' }]);
  await eventually('it says why', async () => why.test(JSON.stringify((await ask('/readyz')).json)));
  const ready = await ask('/readyz');
  assert.equal([ready.answer.status, ready.json.status, ready.json.waiting], [503, 'fail', null]);
  for (const path of ['/api/me', '/api/crm/comms', '/', '/metrics']) {
    const { answer, json } = await ask(path);
    assert.equal([answer.status, json.code], [503, 'STARTING'], path);
    assert.ok(answer.headers.get('retry-after'), path);
  }
}

const settingsFor = async (pbx: FakePbx, folder: string) => ({
  DATA_DIR: folder,
  AMI_HOST: pbx.host,
  AMI_PORT: String(pbx.port),
  AMI_USERNAME: 'crm',
  AMI_PASSWORD: SECRET,
  HTTP_PORT: String(await freePort()),
});

/** Everything was stored once, in order, in the one session that there was. */
async function assertAllIsStored(log: EventStore): Promise<void> {
  const [connected, ...more] = await readStream(log, 'pbx-pbx');
  assert.is(connected?.type, 'PbxConnected');
  assert.ok(pbxConnectedSchema.safeParse(connected?.data).success);
  assert.equal(
    more.map(({ type }) => type),
    [],
  );
  const facts = await factsOf(log, 'pbx');
  const all = Array.from({ length: FACTS }, (_, n) => n);
  assert.equal(facts.map(seqOf), all);
  assert.equal(
    facts.map((fact) => Number(fieldOfFact(fact, 'N'))),
    all,
  );
  for (const { metadata } of facts) assert.is(pbxFactMetadataSchema.parse(metadata).session, 0);
}

test('listens while the log is away, and stores all of it when the log comes', () =>
  inTemporaryFolder(async (folder) => {
    const [database, pbx, server] = [await createDatabase(), await speakingPbx(), await startFakeEventStoreDb()];
    server.stop();
    const settings = await settingsFor(pbx, folder);
    const serve = beginServe({ ...settings, DATABASE_URL: database.url, EVENTSTORE_URL: server.url });
    await eventually('it listens', () => pbx.clients.some(({ isWelcome }) => isWelcome), 60_000);
    await assertStarting(settings.HTTP_PORT, /log answer \(LOG_UNAVAILABLE\)/);
    await server.start();
    const log = await openEventStoreDb({ url: server.url });
    await eventually('all is stored', async () => (await factsOf(log, 'pbx')).length >= FACTS, 60_000);
    await assertAllIsStored(log);
    assert.is(await serve.stop(), 0, serve.stderr());
    await log.close();
    server.stop();
    await pbx.close();
    await database.drop();
  }));

test('listens while the database is away, and stores all of it when the database comes', () =>
  inTemporaryFolder(async (folder) => {
    const [database, pbx] = [await createDatabase(), await speakingPbx()];
    const { hostname: host, port } = new URL(database.url);
    const proxy = await createProxy({ host, port: Number(port) }, () => false);
    await proxy.down();
    const through = new URL(database.url);
    through.port = String(proxy.port);
    const settings = await settingsFor(pbx, folder);
    const serve = beginServe({ ...settings, DATABASE_URL: through.href });
    await eventually('it listens', () => pbx.clients.some(({ isWelcome }) => isWelcome), 60_000);
    await assertStarting(settings.HTTP_PORT, /DATABASE_UNAVAILABLE/);
    await proxy.up();
    await eventually('it serves', () => serve.stdout().includes('Ctrl-C'), 60_000);
    // now it wants to know who asks
    assert.is((await fetch(`http://127.0.0.1:${settings.HTTP_PORT}/readyz`)).status, 401);
    const log = await openPostgresLog({ url: database.url });
    await eventually('all is stored', async () => (await factsOf(log, 'pbx')).length >= FACTS, 60_000);
    await assertAllIsStored(log);
    assert.is(await serve.stop(), 0, serve.stderr());
    await log.close();
    await proxy.close();
    await pbx.close();
    await database.drop();
  }));

test('ends in good order when it is told to while all is away, and says that what was heard waits for the next start', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await speakingPbx();
    const settings = await settingsFor(pbx, folder);
    const serve = beginServe({ ...settings, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    await eventually('it listens', () => pbx.clients.some(({ isWelcome }) => isWelcome), 60_000);
    assert.is(await serve.stop(), 0, serve.stderr());
    assert.match(serve.stderr(), 'waits in the journal for the next start');
    await pbx.close();
  }));

test.run();
