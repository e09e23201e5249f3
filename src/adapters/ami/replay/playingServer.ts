import { setMaxListeners } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Clock, systemClock } from '../../../ports/clock.ts';
import { ReplayClient } from './replayClient.ts';
import { type Audience, MAX_AT_ONCE } from './replayPlayer.ts';

export type PlayingServerOptions = {
  readonly credentials: { readonly username: string; readonly secret: string };
  readonly host?: string;
  /** default: any that is free */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly clock?: Clock;
};

export type PlayingServer = { readonly host: string; readonly port: number; close(): Promise<void> };

/**
 * Speaks AMI over TCP or TLS and sends what `play` gives it, whole events, to every client that has logged in. It begins
 * to play with the first login, until `signal` aborts.
 */
export async function createPlayingServer(
  options: PlayingServerOptions,
  play: (audience: Audience, signal: AbortSignal) => Promise<void>,
): Promise<PlayingServer> {
  const { clock = systemClock, host = '127.0.0.1', credentials, tls } = options;
  const clients = new Set<ReplayClient>();
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  setMaxListeners(MAX_AT_ONCE + 1, closing.signal);
  const audience = {
    send(events: string) {
      for (const client of clients) client.send(events);
    },
    async ready() {
      await Promise.all(Array.from(clients, (client) => client.drained()));
    },
  };
  let playing: Promise<void> | null = null;

  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const client = new ReplayClient(socket, credentials, clock, () => {
      clients.add(client);
      playing ??= play(audience, closing.signal);
    });
    socket.on('close', () => clients.delete(client));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, host, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });

  return {
    host,
    port,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, playing]);
    },
  };
}
