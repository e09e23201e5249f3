// A process that plays a busy PBX: it lets everybody in and then says so many frames a second for so long, whether or not
// they are taken. Arguments: frames a second, seconds. Tells its port to the parent, and after each connection how long a
// frame had to wait at most until the socket took it.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ReplayClient } from '../../src/adapters/ami/replay/replayClient.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { block } from '../parser/input.ts';
import { CREDENTIALS } from '../visible/callPbx.ts';

/** A PBX says things as they happen, not a second's worth at once. */
const SLICE_MS = 20;

const [perSecond, seconds] = z.tuple([z.coerce.number(), z.coerce.number()]).parse(process.argv.slice(2));
const frames = block('stored')
  .toString('latin1')
  .split(/(?<=\r\n\r\n)/);
const aSlice = (perSecond * SLICE_MS) / 1_000;

async function play(socket: Socket): Promise<void> {
  const from = performance.now();
  let longestWaitMs = 0;
  for (let sent = 0; sent < perSecond * seconds; sent += aSlice) {
    const due = from + (sent / perSecond) * 1_000;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const slice = Array.from({ length: aSlice }, (_, n) => frames[(sent + n) % frames.length]);
    if (!socket.write(slice.join(''), 'latin1')) await once(socket, 'drain');
    longestWaitMs = Math.max(longestWaitMs, performance.now() - Math.max(due, from));
  }
  process.send?.({ longestWaitMs, seconds: (performance.now() - from) / 1_000 });
  socket.end();
}

const server = createServer((socket) => {
  new ReplayClient(socket, CREDENTIALS, systemClock, () => void play(socket));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port });
});
process.on('disconnect', () => process.exit());
