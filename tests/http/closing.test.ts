import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { ask } from './support/ask.ts';
import { listen } from './support/events.ts';
import { startSystem } from './support/system.ts';

const test = suite('closing the server');
const MOST_MS = 5_000;
/** after so long whatever is still open is cut off */
const CUT_OFF_MS = 3_000;

async function timed(work: Promise<void>): Promise<number> {
  const started = performance.now();
  await work;
  return performance.now() - started;
}

test('open live feeds and kept-alive connections do not hold it up', async () => {
  const system = await startSystem();
  const token = await system.token('agent');
  const feeds = await Promise.all(
    Array.from({ length: 5 }, () => listen(system.port, { path: '/api/crm/comms/live', token })),
  );
  const agent = new Agent({ keepAlive: true });
  const kept = request({ host: '127.0.0.1', port: system.port, path: '/livez', agent }).end();
  const [response]: IncomingMessage[] = await once(kept, 'response');
  response?.resume();
  const took = await timed(system.http.close());
  assert.ok(took < MOST_MS, `${took} ms`);
  await eventually('the feeds have ended', () => feeds.every((feed) => feed.ended()));
  assert.ok(feeds.every((feed) => feed.response.complete));
  const refused = await ask(system.port, { path: '/livez' }).then(
    () => false,
    () => true,
  );
  assert.ok(refused);
  agent.destroy();
  await system.close();
});

test('an answer that is on its way is finished first, and its connection not kept for another', async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let begun = false;
  const system = await startSystem({
    audit: {
      record: async () => {},
      async list() {
        begun = true;
        await asked;
        return { items: [], next: null };
      },
    },
  });
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${await system.token('auditor')}` };
  const asking = request({ host: '127.0.0.1', port: system.port, path: '/api/admin/audit', headers, agent }).end();
  const answered = once(asking, 'response');
  await eventually('the request is being answered', () => begun);
  const closing = timed(system.http.close());
  answer();
  const [response]: IncomingMessage[] = await answered;
  response?.resume();
  assert.is(response?.statusCode, 200);
  const took = await closing;
  assert.ok(took < CUT_OFF_MS, `${took} ms: the connection was kept after its last answer`);
  agent.destroy();
  await system.close();
});

test('a request that never ends is cut off in time', async () => {
  const system = await startSystem();
  const socket = connect(system.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
  );
  await once(socket, 'connect');
  // what comes later is answered, so the server has heard the beginning of the other
  assert.is((await system.ask({ path: '/livez' })).status, 200);
  const took = await timed(system.http.close());
  assert.ok(took < MOST_MS, `${took} ms`);
  socket.destroy();
  await system.close();
});

test('closing twice, or what never listened, is no error', async () => {
  const system = await startSystem();
  await Promise.all([system.http.close(), system.http.close()]);
  await system.close();
});

test('a port that is taken is said at once', async () => {
  const system = await startSystem();
  const other = await startSystem();
  await other.http.close();
  const error = await other.http.listen({ host: '127.0.0.1', port: system.port }).then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.is(Object(error).code, 'EADDRINUSE');
  await system.close();
  await other.close();
});

test.run();
