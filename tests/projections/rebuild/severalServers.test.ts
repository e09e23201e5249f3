import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { readEvents } from '../../../src/ports/eventStore.ts';
import { createPool } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { assertAgreesWithLog } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { newVersion } from '../support/histories.ts';
import { catchUp, openReadModel, silent, type TestReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { bytesOf } from './bytes.ts';

const test = suite('several servers on one read model', { deadlineMs: 120_000 });

const RECORDINGS = ['inbound-answered', 'inbound-queue', 'inbound-transferred', 'outbound-answered'].map(demoRecording);

test('that start at the same moment on an empty database make one version, and tell the log once', async () => {
  const database = await createDatabase();
  const servers = start(3);
  for (const server of servers) server.send({ url: database.url });
  await Promise.all(servers.map((server) => once(server, 'message')));
  const pool = createPool(database.url);
  const log = await openPostgresLog({ url: database.url, logger: silent });
  const { rows } = await pool.query('select version, state from commslog.read_model_version');
  assert.equal(rows, [{ version: 1, state: 'active' }]);
  for (const stream of [streamOf.rules, streamOf.readModel]) assert.is((await readEvents(log, stream)).length, 1);
  await end(servers);
  await log.close();
  await pool.end();
  await database.drop();
});

test('are followed by one at a time; killed, or frozen in a transaction, it is followed by the next, byte by byte', async () => {
  await withServers(3, async (model, servers) => {
    const told = await sessionOf('pbx', 0, RECORDINGS);
    const appending = new Appending(model.log);
    const part = (at: number) => told.slice((at * told.length) / 4, ((at + 1) * told.length) / 4);
    await projected(model, await appending.append(part(0)));

    const killed = await holder(model, servers);
    killed.kill('SIGKILL');
    await projected(model, await appending.append(part(1)));

    const frozen = await holder(
      model,
      servers.filter((server) => server !== killed),
    );
    const hold = await model.pool.connect();
    await hold.query('begin');
    await hold.query(`lock table ${model.version.schema}.crm_comms_log in exclusive mode`);
    const end = await appending.append(part(2));
    await eventually('its transaction has moved the checkpoint', async () => (await waitingFor(model)) > 0);
    frozen.kill('SIGSTOP');
    await hold.query('rollback');
    hold.release();
    await projected(model, end);

    frozen.kill('SIGCONT');
    await projected(model, await appending.append(part(3)));
    await model.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await projected(model, await appending.append(await sessionOf('other', 0, RECORDINGS)));
    await assertAgreesWithLog(model);
    const anew = await newVersion(model, 9);
    await catchUp(anew);
    assert.equal(await bytesOf(model.pool, model.version.schema), await bytesOf(model.pool, anew.version.schema));
  });
});

function start(count: number): ChildProcess[] {
  const file = fileURLToPath(new URL('versionsWorker.ts', import.meta.url));
  return Array.from({ length: count }, () => fork(file, { execArgv: ['--import', 'tsx'] }));
}

async function end(servers: readonly ChildProcess[]): Promise<void> {
  const alive = servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ended = alive.map((server) => once(server, 'exit'));
  for (const server of alive) server.kill('SIGKILL');
  await Promise.all(ended);
}

async function withServers(
  count: number,
  work: (model: TestReadModel, servers: readonly ChildProcess[]) => Promise<void>,
): Promise<void> {
  const database = await createDatabase();
  const model = await openReadModel(database.url);
  const servers = start(count);
  try {
    for (const server of servers) server.send({ url: database.url });
    await Promise.all(servers.map((server) => once(server, 'message')));
    await work(model, servers);
  } finally {
    await end(servers);
    await model.close();
    await database.drop();
  }
}

/** The server that has the lease on the version now. */
async function holder({ pool }: TestReadModel, servers: readonly ChildProcess[]): Promise<ChildProcess> {
  const found: ChildProcess[] = [];
  await eventually('one of them has the lease', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select holder_name as name from commslog.lease where name = 'version:1' and expires_at > clock_timestamp()`,
    );
    found.push(...servers.filter(({ pid }) => `${pid}` === rows[0]?.name));
    return found.length > 0;
  });
  const [server] = found;
  if (server === undefined) throw new Error('nobody has the lease');
  return server;
}

async function projected({ pool, version }: TestReadModel, position: bigint): Promise<void> {
  await eventually(`position ${position} is projected`, async () => {
    const { rows } = await pool.query<{ position: bigint }>(`select position from ${version.schema}.checkpoint`);
    return (rows[0]?.position ?? 0n) >= position;
  });
}

/** How many wait for a lock. */
async function waitingFor({ pool }: TestReadModel): Promise<number> {
  const { rows } = await pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}

test.run();
