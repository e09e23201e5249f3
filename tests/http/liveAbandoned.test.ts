import { once } from 'node:events';
import { connect } from 'node:net';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { startSystem } from './support/system.ts';

const test = suite('clients that leave the live feed before they are let in');
const system = await startSystem();
test.after(() => system.close());

const ATTEMPTS = 40;

async function liveClients(): Promise<string> {
  const { text } = await system.ask({ path: '/metrics', token: await system.token('agent') });
  return /^commslog_live_clients (\d+)$/m.exec(text)?.[1] ?? 'none is told';
}

test('keep no place: who comes after them is let in', async () => {
  const token = await system.token('agent');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const socket = connect(system.port, '127.0.0.1');
    await once(socket, 'connect');
    const asked = `GET /api/crm/comms/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    socket.write(asked, () => socket.destroy());
    await once(socket, 'close');
  }
  await eventually('all places are free', async () => (await liveClients()) === '0', 10_000);
  const { status } = await system.ask({ method: 'HEAD', path: '/api/crm/comms/live', token });
  assert.is(status, 200);
});

test.run();
