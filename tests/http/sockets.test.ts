import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { answerWithin, type SocketBounds } from '../../src/http/kit/sockets.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';

const test = suite('connections that ask');

const ASKED = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** More than both sides' buffers take. */
const LARGE = Buffer.alloc(32 * 1_048_576, 'x');
const BOUNDS = { idle: 5, open: 5, stalledMs: 60_000 };

async function serving(
  bounds: SocketBounds,
  answer: RequestListener,
  work: (connecting: (asked: string) => Promise<Socket>) => Promise<void>,
): Promise<void> {
  const server = createServer();
  answerWithin(server, bounds, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const sockets: Socket[] = [];
  const connecting = async (asked: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket.pause());
    await once(socket, 'connect');
    socket.write(asked);
    return socket;
  };
  try {
    await work(connecting);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

test('and do not read keep nobody out: of too many the first is closed', async () => {
  const waiting = new Set<number>();
  let asked = 0;
  const answer: RequestListener = (_request, response) => {
    const number = asked;
    asked += 1;
    response.once('close', () => waiting.delete(number));
    waiting.add(number);
    response.end(LARGE);
  };
  await serving(BOUNDS, answer, async (connecting) => {
    for (let n = 0; n < 7; n += 1) {
      await connecting(ASKED);
      await eventually('it is being answered', () => asked === n + 1);
    }
    assert.equal([...waiting], [2, 3, 4, 5, 6]);
  });
});

test('and do not read for long are closed, but not those that wait for an answer', async () => {
  const ended: string[] = [];
  const answer: RequestListener = ({ url }, response) => {
    response.once('close', () => ended.push(String(url)));
    if (url === '/') response.end(LARGE);
    else response.flushHeaders();
  };
  await serving({ ...BOUNDS, stalledMs: 50 }, answer, async (connecting) => {
    await connecting(ASKED.replace('/', '/slow'));
    await connecting(ASKED);
    await eventually('one is closed', () => ended.length > 0);
    assert.equal(ended, ['/']);
  });
});

test('and ask on before they are answered are closed, and what they asked for then is not done', async () => {
  let asked = 0;
  const answer: RequestListener = (_request, response) => {
    asked += 1;
    response.flushHeaders();
  };
  await serving(BOUNDS, answer, async (connecting) => {
    const socket = await connecting(ASKED.repeat(20));
    socket.resume();
    await once(socket, 'close');
    assert.is(asked, 1);
  });
});

test('one time after the other are answered as often as they ask', async () => {
  await serving(
    BOUNDS,
    (_request, response) => void response.end('yes'),
    async (connecting) => {
      const socket = await connecting('');
      for (let n = 0; n < 100; n += 1) {
        socket.write(ASKED);
        let said = '';
        while (!said.endsWith('yes')) {
          said += String(socket.read() ?? '');
          if (!said.endsWith('yes')) await once(socket, 'readable');
        }
      }
      assert.is(socket.destroyed, false);
    },
  );
});

test.run();
