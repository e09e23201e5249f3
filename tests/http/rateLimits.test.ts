import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { startSignInSession } from '../../src/http/auth/signInSessions.ts';
import { createPool } from '../../src/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { ask } from './support/ask.ts';
import { forEveryRole } from './support/forEveryRole.ts';
import { httpOf } from './support/httpOf.ts';
import { startSystem } from './support/system.ts';

const test = suite('who asks too often, or asks nothing', { deadlineMs: 60_000 });
const system = await startSystem();
test.after(() => system.close());

const LIMIT = 5;
const IDLE = 2_300;

/** A server with its own pool for looking up who asks; counts how often the database was asked. */
async function withLimits(work: (port: number, lookUps: () => number) => Promise<void>): Promise<void> {
  const pool = createPool(system.url);
  let lookUps = 0;
  pool.on('acquire', () => {
    lookUps += 1;
  });
  const http = httpOf({
    ...system.options,
    pool,
    rateLimits: {
      usual: forEveryRole(LIMIT),
      expensive: forEveryRole(LIMIT),
      lookUps: LIMIT,
      signIn: LIMIT,
      calls: LIMIT,
    },
  });
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  try {
    await work(port, () => lookUps);
  } finally {
    await http.close();
    await pool.end();
  }
}

const me = (port: number, headers: Record<string, string>) => ask(port, { path: '/api/me', headers });
const cookie = (n: number) => ({ cookie: `commslog_session=guess-${n}` });

test('guessed sessions, one after the other or all at once, are refused before the database is asked', () =>
  withLimits(async (port, lookUps) => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => me(port, cookie(n))));
    const refused = answers.filter(({ status }) => status === 429);
    assert.is(refused.length, 40 - LIMIT);
    assert.ok(refused.every(({ headers }) => /^\d+$/.test(headers['retry-after'] ?? '')));
    assert.is((await me(port, cookie(41))).status, 429);
    assert.is(lookUps(), LIMIT);
  }));

test('behind a proxy that is trusted the client counts, not the proxy, and not what the client says of others', () =>
  withLimits(async (port, lookUps) => {
    const by = (forwarded: string, n: number) => me(port, { ...cookie(n), 'x-forwarded-for': forwarded });
    for (let n = 0; n < LIMIT; n += 1) assert.is((await by('192.0.2.1', n)).status, 401);
    assert.is((await by('192.0.2.1', 9)).status, 429);
    assert.is((await by('198.51.100.7, 192.0.2.1', 9)).status, 429);
    assert.is((await by('192.0.2.2', 9)).status, 401);
    assert.is(lookUps(), LIMIT + 1);
  }));

test('who was here before is let in though his address guesses, and is limited by himself before the database is asked', () =>
  withLimits(async (port, lookUps) => {
    const person = { sub: 'anna', role: 'agent', expiresAt: null } as const;
    const started = await startSignInSession(system.pool, person, system.clock.now());
    const anna = { cookie: `commslog_session=${started?.secret}` };
    assert.is((await me(port, anna)).status, 200);
    for (let n = 0; n < 2 * LIMIT; n += 1) await me(port, cookie(n));
    assert.is((await me(port, cookie(1))).status, 429);
    assert.is((await me(port, anna)).status, 200);
    assert.is((await me(port, { authorization: `Bearer ${await system.token('agent')}` })).status, 200);
    for (let n = 0; n < 4 * LIMIT; n += 1) await me(port, anna);
    assert.is((await me(port, anna)).status, 429);
    assert.ok(lookUps() <= 1 + LIMIT + LIMIT, `${lookUps()} look-ups`);
  }));

test('that the process lives is told to everybody, however much their address asks', () =>
  withLimits(async (port) => {
    for (let n = 0; n < 3 * LIMIT; n += 1) assert.is((await ask(port, { path: '/livez' })).status, 200);
  }));

test('who proves who he is uses up nothing of the others at his address', () =>
  withLimits(async (port) => {
    for (let n = 0; n < 3 * LIMIT; n += 1) {
      const token = await system.token('agent', `agent-${n}`);
      assert.is((await me(port, { authorization: `Bearer ${token}` })).status, 200);
    }
    assert.is((await me(port, cookie(1))).status, 401);
  }));

test('thousands of connections that ask nothing keep nobody out', async () => {
  const sockets: Socket[] = [];
  try {
    for (let n = 0; n < IDLE; n += 1) {
      const socket = connect(system.port, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    assert.is((await ask(system.port, { path: '/livez' })).status, 200);
    const open = () => sockets.filter((socket) => !socket.closed && !socket.readableEnded).length;
    for (const socket of sockets) socket.resume();
    await eventually('those that were silent for longest are closed', () => open() <= 1_000);
    assert.is((await ask(system.port, { path: '/livez' })).status, 200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test.run();
