import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import express, { type Response } from 'express';
import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import type { Principal } from '../../src/http/auth/principal.ts';
import {
  endSignInSession,
  findSignInSession,
  livingSignInSessions,
  startSignInSession,
} from '../../src/http/auth/signInSessions.ts';
import { type LiveClient, liveClient, MAX_UNREAD_BYTES } from '../../src/http/live/client.ts';
import { createLiveFeed } from '../../src/http/live/feed.ts';
import type { ReadModel } from '../../src/ports/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { ask, field, open } from './support/ask.ts';
import { listen, type ServerEvent } from './support/events.ts';
import { tellCalls } from './support/facts.ts';
import { startSystem } from './support/system.ts';
import { ANNA_SEES } from './support/viewers.ts';

const test = suite('clients of the live feed');

const ANNA: Principal = { sub: 'anna', role: 'agent', expiresAt: 9e15 as Micros, issuedAt: null, signInSession: null };
const MOST_UNREAD = 64 * 1_048_576;
const signedIn = async (sessions: readonly string[]) => new Set(sessions);

test('a client that does not read is let go before much has piled up', async () => {
  let client: LiveClient | undefined;
  let waiting = () => 0;
  const { port, close } = await serve((response) => {
    response.flushHeaders();
    client = liveClient(response, ANNA_SEES);
    waiting = () => response.writableLength;
  });
  const socket = connect(port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually('the client has come', () => client !== undefined);
  const text = Buffer.alloc(65_536, 'x');
  let written = 0;
  await eventually('the client is let go', () => {
    client?.write(text);
    written += text.length;
    assert.ok(written < MOST_UNREAD, 'all of it was kept for a client that does not read');
    assert.ok(waiting() < MAX_UNREAD_BYTES + 2 * text.length, `${waiting()} bytes wait for one client`);
    return client?.gone.aborted === true;
  });
  client?.write(text);
  socket.destroy();
  await close();
});

test('a client that is waited for and reads nothing is let go', async () => {
  let waited: Promise<boolean> | undefined;
  const { port, close } = await serve((response) => {
    response.flushHeaders();
    const client = liveClient(response, ANNA_SEES, 100);
    client.write(Buffer.alloc(MOST_UNREAD, 'x'));
    waited = client.drained();
  });
  const socket = connect(port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually('the client has come', () => waited !== undefined);
  assert.is(await waited, false);
  socket.destroy();
  await close();
});

test('a client whose feed is over is written nothing, also while it has not read what waits for it', async () => {
  const errors: Error[] = [];
  let written = false;
  const { port, close } = await serve((response) => {
    response.on('error', (error) => errors.push(error));
    const client = liveClient(response, ANNA_SEES);
    client.write(Buffer.alloc(MOST_UNREAD, 'x'));
    client.end();
    client.write(Buffer.from('more'));
    setImmediate(() => {
      written = true;
    });
  });
  const socket = connect(port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually('it is written', () => written);
  assert.equal(errors, []);
  socket.destroy();
  await close();
});

test('who connects while one change follows the other is let in', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  let wake = () => {};
  const restless: ReadModel = {
    ...readModel,
    onChange(listener) {
      wake = listener;
      return () => {
        wake = () => {};
      };
    },
    feedHead() {
      queueMicrotask(() => wake());
      return readModel.feedHead();
    },
  };
  const feed = createLiveFeed({ readModel: restless, signedIn, clock, logger });
  const { port, close } = await serve((response) => feed.join(response, ANNA, undefined));
  const listening = await listen(port, { path: '/' });
  await listening.until('the calls in progress', (events) => events.length === 1);
  listening.close();
  await eventually('the place is free', () => feed.clients() === 0);
  await close();
  await system.close();
});

test('what many wait for who come back to one place is read once, and each is told all of it', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  const missed = await tellCalls(system, [{}, {}, {}]);
  let [reads, goOn] = [0, () => {}];
  const allAreBack = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow: ReadModel = {
    ...readModel,
    async changes(version, after, limit) {
      reads += 1;
      await allAreBack;
      return readModel.changes(version, after, limit);
    },
  };
  const feed = createLiveFeed({ readModel: slow, signedIn, clock, logger });
  const { port, close } = await serve((response) => feed.join(response, { ...ANNA, sub: randomUUID() }, '1:0'));
  const back = await Promise.all(Array.from({ length: 20 }, () => listen(port, { path: '/' })));
  goOn();
  const told = (events: readonly ServerEvent[]) => events.flatMap(({ data }) => field(data, 'entry.id') ?? []);
  for (const listening of back) {
    await listening.until('what was missed', (events) => told(events).length >= missed.length);
    assert.equal(told(listening.events), missed);
    listening.close();
  }
  assert.is(reads, 1);
  await eventually('the places are free', () => feed.clients() === 0);
  await close();
  await system.close();
});

test('a silent feed is kept alive by comments, and ends when the time of who listens is over', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  const feed = createLiveFeed({ readModel, signedIn, clock, logger, keepAliveMs: 5 });
  const expiresAt = (clock.now() + 60_000_000) as Micros;
  const { port, close } = await serve((response) => feed.join(response, { ...ANNA, expiresAt }, undefined));
  const response = await open(port, { path: '/' });
  let body = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  await eventually('comments', () => /^:$/m.test(body));
  system.clock.advance(61);
  await once(response, 'end');
  await eventually('the place is free', () => feed.clients() === 0);
  await close();
  await system.close();
});

test('who signed out at another server is sent away here, but not because the database does not say who did', async () => {
  const system = await startSystem();
  const { readModel, pool, clock, logger } = system.options;
  const started = await startSignInSession(pool, ANNA, clock.now());
  const anna = await findSignInSession(pool, started?.secret ?? '', clock.now());
  const session = anna?.signInSession ?? '';
  let [away, asked] = [true, 0];
  const feed = createLiveFeed({
    readModel,
    async signedIn(sessions) {
      asked += 1;
      if (away) throw new Error('away');
      return livingSignInSessions(pool, sessions, clock.now());
    },
    clock,
    logger,
    keepAliveMs: 5,
  });
  const { port, close } = await serve((response) => feed.join(response, anna ?? ANNA, undefined));
  const listening = await listen(port, { path: '/' });
  await endSignInSession(pool, session);
  await eventually('it is asked again', () => asked > 3);
  assert.is(listening.ended(), false);
  away = false;
  await eventually('the feed has ended', () => listening.ended());
  await close();
  await system.close();
});

test('a feed whose first look fails is refused, and leaves no place taken', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  const broken = { ...readModel, onChange: () => () => {}, feedHead: () => Promise.reject(new Error('away')) };
  const feed = createLiveFeed({ readModel: broken, signedIn, clock, logger });
  const { port, close } = await serve((response) => feed.join(response, ANNA, undefined));
  assert.is((await ask(port, { path: '/' })).status, 500);
  assert.is(feed.clients(), 0);
  await close();
  await system.close();
});

test('what could not be read for a moment is told as soon as it can be, without another change', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  let [away, wake] = [false, () => {}];
  const flaky: ReadModel = {
    ...readModel,
    onChange(listener) {
      wake = listener;
      return () => {};
    },
    feedHead: () => (away ? Promise.reject(new Error('away')) : readModel.feedHead()),
  };
  const feed = createLiveFeed({ readModel: flaky, signedIn, clock, logger });
  const { port, close } = await serve((response) => feed.join(response, ANNA, undefined));
  const listening = await listen(port, { path: '/' });
  await listening.until('the calls in progress', (events) => events.length === 1);
  away = true;
  await tellCalls(system, [{}]);
  wake();
  await eventually('the failure is logged', () => system.logged.some((line) => line.includes('tries again')));
  assert.is(listening.events.length, 1);
  away = false;
  await listening.until('the call', (events) => events.some(({ event }) => event === 'upsert'));
  listening.close();
  await eventually('the place is free', () => feed.clients() === 0);
  await close();
  await system.close();
});

test('feeds whose read model cannot be read for long end, and who comes back is told why', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  let [away, tried] = [false, 0];
  const silent: ReadModel = {
    ...readModel,
    async feedHead() {
      if (!away) return readModel.feedHead();
      tried += 1;
      throw new Error('away');
    },
  };
  const times = { keepAliveMs: 5, silentMs: 500 };
  const feed = createLiveFeed({ readModel: silent, signedIn, clock, logger, ...times });
  const { port, close } = await serve((response) => feed.join(response, ANNA, undefined));
  const listening = await listen(port, { path: '/' });
  await listening.until('the calls in progress', (events) => events.length === 1);
  away = true;
  await eventually('it is tried again', () => tried > 1);
  assert.is(listening.ended(), false);
  await eventually('the feed has ended', () => listening.ended());
  assert.is((await ask(port, { path: '/' })).status, 500);
  assert.is(feed.clients(), 0);
  away = false;
  const back = await listen(port, { path: '/' });
  await back.until('the calls in progress', (events) => events.length === 1);
  const triedBefore = tried;
  back.close();
  await eventually('the place is free', () => feed.clients() === 0);
  assert.is(tried, triedBefore);
  await close();
  await system.close();
});

test('who catches up beyond where the others stand is not told again what they are told later', async () => {
  const system = await startSystem();
  const { readModel, clock, logger } = system.options;
  const ids = await tellCalls(system, [{}, {}, {}]);
  let [head, wake] = [1n, () => {}];
  const slowToSee: ReadModel = {
    ...readModel,
    onChange(listener) {
      wake = listener;
      return () => {};
    },
    feedHead: async () => ({ version: 1, seq: head }),
  };
  const feed = createLiveFeed({ readModel: slowToSee, signedIn, clock, logger });
  const { port, close } = await serve((response) => feed.join(response, ANNA, '1:0'));
  const listening = await listen(port, { path: '/' });
  await listening.until('what was missed', (events) => events.length === 4);
  const later = await tellCalls(system, [{}]);
  head = 4n;
  wake();
  await listening.until('the next call', (events) => events.length === 5);
  const told = listening.events.filter(({ event }) => event === 'upsert').map(({ data }) => field(data, 'entry.id'));
  assert.equal(told, [...ids, ...later]);
  listening.close();
  await eventually('the place is free', () => feed.clients() === 0);
  await close();
  await system.close();
});

test.run();

async function serve(answer: (response: Response) => void | Promise<void>) {
  const app = express();
  app.get('/', (_request, response) => answer(response));
  app.use(((_error, _request, response, _next) => {
    response.status(500).end();
  }) satisfies express.ErrorRequestHandler);
  const server: Server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
