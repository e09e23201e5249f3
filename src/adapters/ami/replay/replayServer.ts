import { setMaxListeners } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Clock, systemClock } from '../../../ports/clock.ts';
import { ReplayClient } from './replayClient.ts';
import { MAX_AT_ONCE, type PlayerOptions, ReplayPlayer } from './replayPlayer.ts';
import { readReplay } from './replayRecording.ts';

export type ReplayServerOptions = PlayerOptions & {
  /** transcripts (`.txt`, `.txt.gz`) with their timing files beside them */
  readonly recordings: readonly string[];
  readonly credentials: { readonly username: string; readonly secret: string };
  readonly host?: string;
  /** default: any that is free */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly clock?: Clock;
};

export type ReplayServer = {
  readonly host: string;
  readonly port: number;
  /** replays that have come to their end */
  played(): number;
  close(): Promise<void>;
};

/**
 * A PBX made of recordings: speaks AMI over TCP or TLS and sends what was recorded, whole events, read by read, to
 * every client that has logged in. It begins with the first login. Errors: `RECORDING_UNREADABLE`.
 */
export async function createReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
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
  const player = new ReplayPlayer(options, await Promise.all(options.recordings.map(readReplay)), audience, clock);
  let playing: Promise<void> | null = null;

  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const client = new ReplayClient(socket, credentials, clock, () => {
      clients.add(client);
      playing ??= player.play(closing.signal);
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
    played: () => player.played(),
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, playing]);
    },
  };
}
