import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most `most` connections that ask for nothing: of more, the one that has been silent for longest is closed, so
 * that nobody who only connects keeps others out.
 */
export function boundIdleSockets(server: Server, most: number): void {
  /** the longest silent first */
  const idle = new Set<Socket>();
  const wait = (socket: Socket) => {
    if (socket.destroyed) return;
    idle.add(socket);
    const [oldest] = idle;
    if (oldest === undefined || idle.size <= most) return;
    idle.delete(oldest);
    oldest.destroy();
  };
  server.on('connection', (socket: Socket) => {
    wait(socket);
    socket.once('close', () => idle.delete(socket));
  });
  server.on('request', ({ socket }, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => wait(socket));
  });
}
