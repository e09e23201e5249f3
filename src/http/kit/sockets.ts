import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Who reads nothing for so long, although something waits, is not there any more. */
const STALLED_MS = 60_000;

export type SocketBounds = {
  /** connections that ask for nothing */
  readonly idle: number;
  /** all connections, while there are some whose answers wait for the client */
  readonly open: number;
  readonly stalledMs?: number;
};

/**
 * Answers the requests of a server so that nobody keeps others out who only connects, or asks and does not read. Of more
 * connections than may be idle the one that has been silent for longest is closed, of more than may be open the one that has
 * not read for longest. One that asks before it is answered is closed, too: answers would pile up.
 */
export function answerWithin(
  server: Server,
  { idle: mostIdle, open: mostOpen, stalledMs = STALLED_MS }: SocketBounds,
  answer: RequestListener,
): void {
  /** the longest silent first */
  const idle = new Set<Socket>();
  /** those that asked first, first */
  const asking = new Set<Socket>();
  const wait = (socket: Socket) => {
    asking.delete(socket);
    if (socket.destroyed) return;
    idle.add(socket);
    const [oldest] = idle;
    if (oldest !== undefined && idle.size > mostIdle) end(oldest);
  };
  const end = (socket: Socket) => {
    idle.delete(socket);
    asking.delete(socket);
    socket.destroy();
  };
  server.on('connection', (socket: Socket) => {
    wait(socket);
    socket.once('close', () => end(socket));
    const unread = idle.size + asking.size > mostOpen ? [...asking].find(readsNothing) : undefined;
    if (unread !== undefined) end(unread);
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    if (socket.destroyed || asking.has(socket)) return end(socket);
    idle.delete(socket);
    asking.add(socket);
    response.once('close', () => wait(socket));
    answer(request, response);
  });
  // also of those that are kept alive
  server.setTimeout(stalledMs, (socket: Socket) => {
    if (!asking.has(socket) || readsNothing(socket)) end(socket);
  });
}

function readsNothing({ writableLength }: Socket): boolean {
  return writableLength > 0;
}
