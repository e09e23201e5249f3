import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Network } from './underTest.ts';

export type Proxy = Network & { readonly port: number; close(): Promise<void> };

/**
 * A TCP proxy on loopback that can misbehave. `answerFollows` finds, in what a client sends, the moment after which the
 * server answers an append.
 */
export async function createProxy(
  target: { readonly host: string; readonly port: number },
  answerFollows: (fromClient: Buffer) => boolean,
): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let silent = false;
  let losing = false;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let lost = false;
    client.on('data', (bytes) => {
      if (losing && answerFollows(bytes)) {
        losing = false;
        lost = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (lost) cut(pair);
      else if (!silent) client.write(bytes);
    });
    for (const [from, to] of [pair, [upstream, client]] as const) {
      from.on('end', () => to.end());
      from.on('error', () => cut(pair));
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = ([client, upstream]: readonly [Socket, Socket]) => {
    // Node leaves the handle of a connection open that is reset while it is being ended
    if (client.writableEnded) client.destroy();
    else client.resetAndDestroy();
    upstream.destroy();
  };
  const close = async () => {
    for (const pair of pairs) cut(pair);
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close,
    down: close,
    async up() {
      // what a silent server was sent is never answered any more
      if (silent) for (const pair of pairs) cut(pair);
      silent = false;
      losing = false;
      if (!server.listening) await listen(port);
    },
    silence() {
      silent = true;
    },
    hangUp() {
      for (const [client] of pairs) client.end();
    },
    loseNextAnswer() {
      losing = true;
    },
  };
}
