import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { keepLeases, type Leases } from '../../../src/adapters/postgres/index.ts';
import type { HandedLease } from '../../../src/ports/lease.ts';
import { connectionSettings, createPool } from '../../../src/postgres.ts';
import { controlDb, migrate } from '../../../src/projections/index.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { createProxy, type Proxy as TcpProxy } from '../eventstore/network.ts';

const test = suite('leases', { deadlineMs: 60_000 });
const TIMINGS = { termMs: 1_200, renewMs: 100, marginMs: 200, answerMs: 400, successorMs: 400 };
const NEVER = new AbortController().signal;
const WORDS = z.object({ until: z.number() });
const holderProcess = fileURLToPath(new URL('leaseHolder.ts', import.meta.url));

type Server = {
  readonly leases: Leases;
  readonly lease: HandedLease<{ until: number }>;
  readonly states: string[];
  readonly lines: readonly string[];
};
type World = {
  readonly url: string;
  readonly proxy: TcpProxy;
  /** another server, directly or through the network that can misbehave */
  serve(how?: { readonly id?: string; readonly isFar?: boolean }): Server;
};

async function inWorld(work: (world: World) => Promise<void>, isMigrated = true): Promise<void> {
  const database = await createDatabase();
  if (isMigrated) await migrated(database.url);
  const { hostname: host, port } = new URL(database.url);
  const proxy = await createProxy({ host, port: Number(port) }, () => false);
  const far = new URL(database.url);
  far.port = String(proxy.port);
  const servers: Leases[] = [];
  const serve: World['serve'] = ({ id = randomUUID(), isFar = false } = {}) => {
    const server = { id, name: `server-${servers.length}` };
    const { logger, lines } = logLines();
    const leases = keepLeases(isFar ? far.href : database.url, { server, logger, timings: TIMINGS });
    const lease = leases.want('pbx:main', WORDS);
    const states: string[] = [];
    lease.onChange(() => states.push(lease.state()));
    servers.push(leases);
    return { leases, lease, states, lines };
  };
  try {
    await work({ url: database.url, proxy, serve });
  } finally {
    await proxy.up();
    await Promise.all(servers.map((leases) => leases.close()));
    await proxy.close();
    await database.drop();
  }
}

async function migrated(url: string): Promise<void> {
  const pool = createPool(url, { max: 1 });
  await migrate(controlDb(pool));
  await pool.end();
}

async function endConnections(url: string): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = pg_locks.database
     where locktype = 'advisory' and datname = current_database() and objid = 7266001`,
  );
  await client.end();
}

const isHeld =
  ({ lease }: Server) =>
  () =>
    lease.state() === 'held';

test('is held by one, stood by for by others, and free at once when it is released', () =>
  inWorld(async ({ serve }) => {
    const first = serve();
    await eventually('it is held', isHeld(first));
    const second = serve();
    await eventually('it is seen', () => second.lease.state() === 'taken');
    assert.is(second.lease.holder()?.name, 'server-0');
    await first.lease.release();
    assert.is(first.lease.state(), 'taken');
    await eventually('it is taken', isHeld(second));
    assert.equal(second.states, ['taken', 'held']);
  }));

test('is kept through the end of its connection, again and again', () =>
  inWorld(async ({ serve, url }) => {
    const [first, second] = [serve(), serve()];
    await eventually('one has it', () => isHeld(first)() || isHeld(second)());
    const holder = isHeld(first)() ? first : second;
    const before = [...holder.states];
    for (let times = 0; times < 5; times += 1) {
      await endConnections(url);
      await new Promise((resolve) => setTimeout(resolve, TIMINGS.termMs / 2));
    }
    assert.equal([holder.states, holder.lease.state()], [before, 'held']);
  }));

test('is lost to itself before it is free to others, when PostgreSQL falls silent', () =>
  inWorld(async ({ serve, proxy }) => {
    const first = serve({ isFar: true });
    await eventually('it is held', isHeld(first));
    const second = serve();
    await eventually('it is seen', () => second.lease.state() === 'taken');
    const seen: string[] = [];
    // what the first knows, not when it is told: on a busy machine its timer comes late
    second.lease.onChange(() => seen.push(`${second.lease.state()} while ${first.lease.state()}`));
    proxy.silence();
    await eventually('the second has it', isHeld(second));
    assert.equal(seen, ['held while lost']);
    await proxy.up();
    await eventually('the first is told', () => first.lease.state() === 'taken');
  }));

test('goes on with its holder when PostgreSQL was away for longer than it lasts, and nobody took it', () =>
  inWorld(async ({ serve, proxy }) => {
    const only = serve({ isFar: true });
    await eventually('it is held', isHeld(only));
    await proxy.down();
    await eventually('it is lost', () => only.lease.state() === 'lost');
    await proxy.up();
    await eventually('it is held again', isHeld(only));
    assert.equal(only.states, ['held', 'lost', 'held']);
  }));

test('is over for a process that was frozen, as soon as it asks', () =>
  inWorld(async ({ serve, url }) => {
    const frozen = await holder(url);
    await frozen.says('held');
    const second = serve();
    await eventually('it is seen', () => second.lease.state() === 'taken');
    frozen.child.kill('SIGSTOP');
    await eventually('it is taken', isHeld(second));
    frozen.child.kill('SIGCONT');
    frozen.child.send('state?');
    assert.not.equal(await frozen.says(), 'held');
    frozen.child.kill('SIGKILL');
    assert.is(second.lease.state(), 'held');
  }));

test('is taken from a process that was killed, with what that told last', () =>
  inWorld(async ({ serve, url }) => {
    const killed = await holder(url);
    await killed.says('held');
    const second = serve();
    await eventually('it is told', () => second.lease.told()?.until === 42);
    killed.child.kill('SIGKILL');
    await eventually('it is taken', isHeld(second));
    assert.equal(second.lease.toldBefore(), { until: 42 });
  }));

test('is had again at once by the same server after a restart, and never by two of its processes', () =>
  inWorld(async ({ serve }) => {
    const id = randomUUID();
    const former = serve({ id });
    await eventually('it is held', isHeld(former));
    const again = serve({ id });
    await again.leases.asked;
    await eventually('it is held', isHeld(again));
    await eventually('the former is told', () => former.lease.state() === 'taken');
    await new Promise((resolve) => setTimeout(resolve, TIMINGS.termMs));
    assert.equal([former.lease.state(), again.lease.state()], ['taken', 'held']);
  }));

/** A holder that offers it to two others, of which one has made itself ready. */
async function offering(serve: World['serve']) {
  const first = serve();
  await eventually('it is held', isHeld(first));
  const others = [serve(), serve()];
  await eventually('others stand by', () => others.every(({ lease }) => lease.state() === 'taken'));
  const offered = first.lease.offer(5_000, NEVER);
  const ready = () => others.find(({ lease }) => lease.state() === 'offered');
  await eventually('one makes itself ready', () => ready() !== undefined);
  return { first, others, offered, ready };
}

test('is handed over to one who is ready, and only then', () =>
  inWorld(async ({ serve }) => {
    const { first, others, offered, ready } = await offering(serve);
    await new Promise((resolve) => setTimeout(resolve, 2 * TIMINGS.termMs));
    assert.is(first.lease.state(), 'held');
    assert.equal(others.map(({ lease }) => lease.state()).sort(), ['offered', 'taken']);
    ready()?.lease.accept();
    assert.is(await offered, true);
    assert.is(first.lease.state(), 'taken');
    await eventually('it is held', () => others.some((other) => isHeld(other)()));
  }));

test('is offered in vain when nobody else is there, or nobody becomes ready', () =>
  inWorld(async ({ serve }) => {
    const first = serve();
    await eventually('it is held', isHeld(first));
    assert.is(await first.lease.offer(5_000, NEVER), false);
    const second = serve();
    await eventually('it is seen', () => second.lease.state() === 'taken');
    await new Promise((resolve) => setTimeout(resolve, TIMINGS.renewMs * 3));
    assert.is(await first.lease.offer(600, NEVER), false);
    await eventually('it is taken back', () => second.lease.state() === 'taken');
    assert.is(first.lease.state(), 'held');
  }));

test('is handed over to another when the first that made itself ready cannot', () =>
  inWorld(async ({ serve }) => {
    const { offered, ready } = await offering(serve);
    const unable = ready();
    unable?.lease.decline();
    assert.is(unable?.lease.state(), 'taken');
    await eventually('another makes itself ready', () => ready() !== undefined && ready() !== unable);
    ready()?.lease.accept();
    assert.is(await offered, true);
    assert.is(unable?.lease.state(), 'taken');
  }));

test('that was declined is offered anew', () =>
  inWorld(async ({ serve }) => {
    const first = serve();
    await eventually('it is held', isHeld(first));
    const second = serve();
    await eventually('it is seen', () => second.lease.state() === 'taken');
    const offered = first.lease.offer(10_000, NEVER);
    await eventually('it makes itself ready', () => second.lease.state() === 'offered');
    second.lease.decline();
    assert.is(await offered, false, 'before its time is over');
    await eventually('it is seen', () => second.lease.holder() !== null);
    await new Promise((resolve) => setTimeout(resolve, TIMINGS.renewMs * 3));
    const again = first.lease.offer(10_000, NEVER);
    await eventually('it makes itself ready', () => second.lease.state() === 'offered');
    second.lease.accept();
    assert.is(await again, true);
  }));

test('waits for a PostgreSQL that is away at the start, and for tables that are not made yet', () =>
  inWorld(async ({ serve, proxy, url }) => {
    await proxy.down();
    const server = serve({ isFar: true });
    await server.leases.asked;
    assert.is(server.lease.state(), 'lost');
    await proxy.up();
    await migrated(url);
    await eventually('it is held', isHeld(server));
  }, false));

test('is nobody’s of these while a program lives that knows no leases', () =>
  inWorld(async ({ serve, url }) => {
    const older = new pg.Client(connectionSettings(url));
    await older.connect();
    await older.query('select pg_advisory_lock(7266001)');
    const server = serve();
    await eventually('it stands by', () => server.lease.state() === 'taken');
    await older.end();
    await eventually('it is held', isHeld(server));
  }));

test('that nobody has is taken by who asks once, and by no second', () =>
  inWorld(async ({ serve }) => {
    const [first, second] = [serve().leases, serve().leases];
    const upkeep = await first.tryTake('upkeep');
    assert.ok(upkeep);
    assert.is(await second.tryTake('upkeep'), null);
    await upkeep.release();
    assert.ok(await second.tryTake('upkeep'));
  }));

/** A process that wants the lease, and says what its state is when it changes and when it is asked. */
async function holder(url: string): Promise<{ child: ChildProcess; says(state?: string): Promise<unknown> }> {
  const child = fork(holderProcess, [url, JSON.stringify(TIMINGS)], { execArgv: ['--import', 'tsx'] });
  return {
    child,
    async says(state) {
      for (;;) {
        const [said] = await once(child, 'message');
        if (state === undefined || said === state) return said;
      }
    },
  };
}

test('of a lease that this server gives up it is not said that another has it', () =>
  inWorld(async ({ serve }) => {
    const server = serve();
    await eventually('it is held', isHeld(server));
    await server.lease.release();
    assert.is(server.states.at(-1), 'taken');
    assert.is(server.lines.filter((line) => line.includes('this server has a lease')).length, 1);
    assert.is(server.lines.filter((line) => line.includes('another server has a lease')).length, 0);
  }));

test.run();
