import * as assert from 'uvu/assert';
import { endOf, eventsOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { BANNER, eventText, type FakeClient, fakePbx } from '../../../support/fakePbx.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a session with a PBX');

const hasEnded = (items: readonly { kind: string }[]) => items.some(({ kind }) => kind === 'disconnected');

test('tells by how much the clock of the PBX is ahead', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    await client.logIn();
    client.answer(await client.action(), 'Success', `Timestamp: ${(Date.now() / 1000 + 90).toFixed(6)}`);
  });
  const [item] = await itemsUntil(sourceOf(pbx), (items) => items.length > 0);
  assert.ok(item?.kind === 'connected' && item.clockOffsetMs !== null);
  assert.ok(item.clockOffsetMs > 85_000 && item.clockOffsetMs < 95_000, String(item.clockOffsetMs));
  await pbx.close();
});

test('a PBX that does not tell its clock is listened to all the same', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    await client.logIn();
    client.answer(await client.action(), 'Success', 'Ping: Pong');
  });
  const [item] = await itemsUntil(sourceOf(pbx), (items) => items.length > 0);
  assert.ok(item?.kind === 'connected' && item.clockOffsetMs === null);
  await pbx.close();
});

test('a half-closed connection is over: what came before is kept, the torn frame is counted', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.socket.end(`${eventText('Hangup')}Event: Newchannel\r\nChann`);
  });
  const source = sourceOf(pbx);
  const items = await itemsUntil(source, hasEnded);
  assert.equal(eventsOf(items), ['Hangup']);
  assert.is(endOf(items).reason, 'AMI_CONNECTION_LOST');
  assert.is(source.state().counts.torn_frames, 1);
  await pbx.close();
});

test('a connection that is reset is over, and does not end the program', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.socket.resetAndDestroy();
  });
  const items = await itemsUntil(sourceOf(pbx), hasEnded);
  assert.is(endOf(items).reason, 'AMI_CONNECTION_LOST');
  await pbx.close();
});

for (const [code, bytes] of [
  ['AMI_LINE_TOO_LONG', 'x'.repeat(70_000)],
  ['AMI_FRAME_TOO_LARGE', `Event: Big\r\n${'Key: value\r\n'.repeat(12_000)}\r\n`],
] as const) {
  test(`${code} ends the connection and is said; what came before is kept`, async () => {
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      client.send(eventText('Hangup') + bytes);
    });
    const items = await itemsUntil(sourceOf(pbx), hasEnded);
    assert.is(endOf(items).reason, code);
    assert.equal(eventsOf(items), ['Hangup']);
    await pbx.close();
  });
}

test('a PBX went down only when it said so: a port that refuses afterwards proves nothing', async () => {
  const says = await fakePbx(async (client) => {
    await client.welcome();
    client.socket.end(eventText('Shutdown', { Shutdown: 'Cleanly', Restart: 'True' }));
  });
  assert.is(endOf(await itemsUntil(sourceOf(says), hasEnded)).pbxWentDown, true);
  await says.close();

  const dies = await fakePbx(async (client) => {
    await client.welcome();
    await dies.close();
  });
  assert.is(endOf(await itemsUntil(sourceOf(dies), hasEnded)).pbxWentDown, false);
});

test('stopping leaves the PBX and says so once', async () => {
  const pbx = await fakePbx((client) => client.welcome());
  const source = sourceOf(pbx);
  const items = await itemsUntil(source, (so) => so.length === 1);
  assert.equal(
    items.map(({ kind }) => kind),
    ['connected', 'disconnected'],
  );
  assert.is(endOf(items).reason, 'STOPPED');
  assert.is(source.state().state, 'stopped');
  await eventually('the connection is closed', () => pbx.clients[0]?.socket.destroyed ?? false);
  await pbx.close();
});

test('shows every byte that is received, in order', async () => {
  const sent = `${eventText('DeviceStateChange')}${eventText('Hangup')}`;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.send(sent);
  });
  let seen = '';
  const source = sourceOf(pbx, { onBytes: (bytes) => (seen += bytes.toString('latin1')) });
  await itemsUntil(source, (items) => items.at(-1)?.kind === 'frames');
  assert.ok(seen.startsWith(BANNER) && seen.endsWith(sent));
  await pbx.close();
});

test('while nobody asks for the next item the socket is not read; what was sent is all there later', async () => {
  const total = 20_000;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    // its answer to this Ping stands behind the flood
    const ping = await client.action();
    flood(client, total);
    client.answer(ping, 'Success', 'Ping: Pong');
    await client.pong();
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 100, pingDeadlineMs: 500 } });
  const stop = new AbortController();
  const items = source.items(stop.signal)[Symbol.asyncIterator]();
  await items.next();
  const client = pbx.clients[0];
  assert.ok(client);
  await eventually('the PBX cannot send any more', () => client.socket.writableLength > 0);
  const late = performance.now() + 1_000;
  await eventually('a Ping that cannot be read would be late', () => performance.now() > late);
  assert.ok(client.socket.writableLength > 0, 'it was read on');
  let frames = 0;
  for (let next = await items.next(); !next.done; next = await items.next()) {
    if (next.value.kind === 'frames') frames += next.value.frames.length;
    assert.is.not(next.value.kind === 'disconnected' && next.value.reason, 'AMI_TIMEOUT');
    if (frames === total) stop.abort();
  }
  assert.is(frames, total);
  await pbx.close();
});

function flood(client: FakeClient, frames: number): void {
  for (let n = 0; n < frames; n += 100) {
    client.send(eventText('Hangup', { Uniqueid: `1.${n}`, Filler: 'x'.repeat(1_000) }).repeat(100));
  }
}

test.run();
