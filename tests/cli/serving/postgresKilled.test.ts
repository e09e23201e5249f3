import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { runningEmbeddedPostgres } from '../../../src/adapters/postgres/index.ts';
import { eventually } from '../../support/eventually.ts';
import { eventText, type FakePbx, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { factsOf, fieldOfFact } from '../../support/listening.ts';
import { command, type Served, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a serve whose embedded PostgreSQL is killed', { deadlineMs: 180_000 });

const upTo = (n: number) => Array.from({ length: n }, (_, one) => one);

function welcomingPbx(): Promise<FakePbx> {
  return fakePbx(async (client) => {
    await client.welcome();
    await client.pong();
  });
}

function say(pbx: FakePbx, from: number, to: number): void {
  for (let n = from; n < to; n += 1) {
    const id = `1795.${n % 7}`;
    pbx.clients.at(-1)?.send(eventText('Newstate', { Uniqueid: id, Linkedid: id, N: String(n) }));
  }
}

const settingsFor = (pbx: FakePbx, folder: string) => ({
  AMI_HOST: pbx.host,
  AMI_PORT: String(pbx.port),
  AMI_USERNAME: 'crm',
  AMI_PASSWORD: SECRET,
  HTTP_PORT: '0',
  DATA_DIR: folder,
});

/** Reads a path with an auditor's token. */
async function auditor(served: Served, settings: Readonly<Record<string, string>>) {
  const token = (await command(['token', '--role', 'auditor'], settings)).stdout.trim();
  return async (path: string) => {
    const response = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, text: await response.text() };
  };
}

/** What stands in the log of the embedded server, by number; nothing while it does not answer. */
async function stored(folder: string): Promise<readonly number[]> {
  const url = await runningEmbeddedPostgres(folder);
  if (url === null) return [];
  const log = await openPostgresLog({ url });
  try {
    return (await factsOf(log, 'pbx')).map((fact) => Number(fieldOfFact(fact, 'N')));
  } catch {
    return [];
  } finally {
    await log.close();
  }
}

function killPostgres(cluster: string): void {
  const [pid] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

test('starts it again, and everything that the PBX said meanwhile is in the log once', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await welcomingPbx();
    const settings = settingsFor(pbx, folder);
    const served = await startServe(settings);
    const get = await auditor(served, settings);
    await eventually('it listens', () => pbx.clients[0]?.isWelcome === true);
    for (let kills = 0; kills < 3; kills += 1) {
      const before = kills * 300;
      say(pbx, before, before + 100);
      killPostgres(join(folder, 'postgres'));
      say(pbx, before + 100, before + 200);
      const again = () => served.stderr().split('the embedded PostgreSQL runs again').length === kills + 2;
      await eventually('it runs again', again, 60_000);
      say(pbx, before + 200, before + 300);
    }
    await eventually('all is stored', async () => (await stored(folder)).length >= 900, 60_000);
    assert.equal(await stored(folder), upTo(900));
    assert.is(pbx.clients.length, 1);
    assert.match((await get('/metrics')).text, 'commslog_embedded_postgres_restarts 3');
    assert.is(await served.stop(), 0, served.stderr());
    await pbx.close();
  }));

test('says so in /readyz and in its log while it cannot be started, and ends in good order when it is told to', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await welcomingPbx();
    const settings = settingsFor(pbx, folder);
    const served = await startServe(settings);
    const get = await auditor(served, settings);
    await eventually('it listens', () => pbx.clients[0]?.isWelcome === true);
    say(pbx, 0, 10);
    await eventually('it stores', async () => (await stored(folder)).length === 10);
    const [cluster, aside] = [join(folder, 'postgres'), join(folder, 'aside')];
    renameSync(cluster, aside);
    killPostgres(aside);
    const failing = 'the embedded PostgreSQL was ended and cannot be started again (POSTGRES_DATA_GONE)';
    await eventually('it says so', () => served.stderr().includes(failing));
    say(pbx, 10, 20);
    const { status, text } = await get('/readyz');
    assert.is(status, 503);
    assert.match(text, failing);
    assert.is(await served.stop(), 0, served.stderr());
    assert.match(served.stderr(), 'waits in the journal for the next start');

    renameSync(aside, cluster);
    const next = await startServe(settings);
    await eventually('all is stored', async () => (await stored(folder)).length >= 20, 60_000);
    assert.equal(await stored(folder), upTo(20));
    assert.is(await next.stop(), 0, next.stderr());
    await pbx.close();
  }));

test.run();
