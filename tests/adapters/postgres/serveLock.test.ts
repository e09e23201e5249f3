import pg from 'pg';
import * as assert from 'uvu/assert';
import { keepServeLock, type ServeLock } from '../../../src/adapters/postgres/index.ts';
import { type LockSession, tryServeLock } from '../../../src/adapters/postgres/serveLock.ts';
import { hasCode } from '../../../src/errors.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { createProxy, type Proxy as TcpProxy } from '../eventstore/network.ts';

const test = suite('the lock of a serve');
const QUICK = { checkMs: 20, retryMinMs: 10, retryMaxMs: 40 };
const LOCK = 7_266_001;

type Locked = { readonly lock: ServeLock; readonly proxy: TcpProxy; readonly url: string; readonly states: string[] };

/** A lock that reaches its database through a network that can misbehave, and the states that it has gone through. */
async function withLock(work: (locked: Locked) => Promise<void>): Promise<void> {
  const database = await createDatabase();
  const { hostname: host, port } = new URL(database.url);
  const proxy = await createProxy({ host, port: Number(port) }, () => false);
  const through = new URL(database.url);
  through.port = String(proxy.port);
  const lock = keepServeLock(through.href, { logger: logLines().logger, timings: QUICK });
  const states: string[] = [];
  lock.onChange(() => states.push(lock.state()));
  try {
    await work({ lock, proxy, url: database.url, states });
  } finally {
    await lock.release();
    await proxy.close();
    await database.drop();
  }
}

/** Another holder that waits for the lock and has it as soon as it is free. */
async function waitingHolder(url: string): Promise<{ held: Promise<unknown>; end(): Promise<void> }> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  return { held: client.query('select pg_advisory_lock($1)', [LOCK]), end: () => client.end() };
}

async function endHolder(url: string): Promise<void> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = $1
        and database = (select oid from pg_database where datname = current_database())`,
    [LOCK],
  );
  await client.end();
}

test('is held by one, and refused to a second', () =>
  withLock(async ({ lock, url }) => {
    await lock.acquired;
    assert.is(lock.state(), 'held');
    const second = keepServeLock(url, { logger: logLines().logger });
    const refused = await second.acquired.then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(hasCode(refused, 'DATA_DIR_IN_USE'));
    assert.is(second.state(), 'lost');
    await second.release();
  }));

test('is known to be lost when its connection ends, and is taken again', () =>
  withLock(async ({ lock, url, states }) => {
    await lock.acquired;
    await endHolder(url);
    await eventually('it is held again', () => states.length === 3);
    assert.equal(states, ['held', 'lost', 'held']);
  }));

test('is waited for while another has it, and taken when that one ends', () =>
  withLock(async ({ lock, url, states }) => {
    await lock.acquired;
    const other = await waitingHolder(url);
    await endHolder(url);
    await other.held;
    await eventually('it is seen', () => lock.state() === 'taken');
    await other.end();
    await eventually('it is held again', () => lock.state() === 'held');
    assert.equal(states, ['held', 'lost', 'taken', 'held']);
  }));

test('is known to be lost when PostgreSQL falls silent, and is taken again when it speaks', () =>
  withLock(async ({ lock, proxy, states }) => {
    await lock.acquired;
    proxy.silence();
    await eventually('it is noticed', () => lock.state() === 'lost');
    await proxy.up();
    await eventually('it is held again', () => lock.state() === 'held');
    assert.equal(states, ['held', 'lost', 'held']);
  }));

test('is not kept from us by our own former session', () =>
  withLock(async ({ lock, url }) => {
    await lock.acquired;
    await lock.release();
    let session: LockSession | null = null;
    const onSession = (one: LockSession) => {
      session = one;
    };
    const former = await tryServeLock(url, null, { onSession });
    assert.ok(former);
    assert.is(await tryServeLock(url, null), null);
    const again = await tryServeLock(url, session);
    assert.ok(again, 'the former session was ended');
    await Promise.all([former.end(), again.end()]);
  }));

test('is waited for while PostgreSQL is away at the start', () =>
  withLock(async ({ lock: first, url }) => {
    await first.acquired;
    await first.release();
    const { hostname: host, port } = new URL(url);
    const proxy = await createProxy({ host, port: Number(port) }, () => false);
    await proxy.down();
    const through = new URL(url);
    through.port = String(proxy.port);
    const lock = keepServeLock(through.href, { logger: logLines().logger, timings: QUICK });
    await lock.asked;
    assert.is(lock.state(), 'lost');
    await proxy.up();
    await lock.acquired;
    assert.is(lock.state(), 'held');
    await lock.release();
    await proxy.close();
  }));

test.run();
