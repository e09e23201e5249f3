// A process that plays a PBX: greets, answers the login, sends so many bytes as fast as the socket takes them, ends.
// Arguments: mix, megabytes. Tells its port to the parent.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { block, MIXES } from './input.ts';

/** asterisk-ami-client loses events that come in the same read as the login's answer. */
const AFTER_LOGIN_MS = 100;

const [mix, megabytes] = z.tuple([z.enum(MIXES), z.coerce.number()]).parse(process.argv.slice(2));
const bytes = block(mix);
const times = Math.max(1, Math.round((megabytes * 1_000_000) / bytes.length));

async function play(socket: Socket): Promise<void> {
  socket.write('Asterisk Call Manager/11.0.0\r\n');
  const [login] = await once(socket, 'data');
  const actionId = /ActionID: *(.*)\r\n/i.exec(String(login))?.[1] ?? '';
  socket.write(`Response: Success\r\nActionID: ${actionId}\r\nMessage: Authentication accepted\r\n\r\n`);
  await pause(AFTER_LOGIN_MS);
  for (let sent = 0; sent < times; sent += 1) if (!socket.write(bytes)) await once(socket, 'drain');
  socket.end();
}

const server = createServer((socket) => {
  socket.on('error', () => {});
  void play(socket);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ port: address?.port, bytes: times * bytes.length });
});
process.on('disconnect', () => process.exit());
