import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { SourceItem } from '../../../../src/ports/pbxSource.ts';
import { endOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { eventText, fakePbx } from '../../../support/fakePbx.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what is read late');

const event = (n: number) => eventText('Hangup', { N: String(n) });
/** Of each event, by its number, after when it was said and when it was read. */
function readsOf(items: readonly SourceItem[]) {
  return new Map(
    items.flatMap((item) => {
      if (item.kind !== 'frames') return [];
      return item.frames.map(({ fields }) => [Number(fields.at(-1)?.[1]), item] as const);
    }),
  );
}

test('says after when it was said: the network stood still, and then all came at once', async () => {
  const held: string[] = [];
  let stoodStillAt = 0;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    for (let n = 0; n < 3; n += 1) client.answer(await client.ping(), 'Success', 'Ping: Pong');
    client.send(event(0));
    stoodStillAt = Date.now() * 1000;
    held.push(event(1), event(2));
    const ping = await client.ping();
    await sleep(1_500);
    client.send(held.join(''));
    client.answer(ping, 'Success', 'Ping: Pong');
    client.answer(await client.ping(), 'Success', 'Ping: Pong');
    // an answer is read before the next Ping is sent
    client.answer(await client.ping(), 'Success', 'Ping: Pong');
    client.send(event(3));
    await client.pong();
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20, lateMs: 1_000 } });
  const items = await itemsUntil(source, (so) => readsOf(so).has(3));
  const reads = readsOf(items);
  assert.is(reads.get(0)?.saidAfter, null);
  for (const n of [1, 2]) {
    const { saidAfter = null, at = null } = reads.get(n) ?? {};
    assert.ok(saidAfter !== null && at !== null, `event ${n} is late`);
    assert.ok(saidAfter <= stoodStillAt + 1_000 && at - saidAfter >= 1_000_000);
  }
  assert.is(reads.get(3)?.saidAfter, null);
  await pbx.close();
});

test('says so too when it was this program that did not read', async () => {
  const total = 3_000;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    const filler = 'x'.repeat(1_000);
    for (let n = 0; n < total; n += 1) client.send(eventText('Hangup', { Filler: filler, N: String(n) }));
    await client.pong();
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20, lateMs: 300 } });
  const stop = new AbortController();
  const items: SourceItem[] = [];
  const isStuck = performance.now() + 600;
  for await (const item of source.items(stop.signal)) {
    items.push(item);
    if (item.kind === 'frames') await eventually('nothing is taken for a while', () => performance.now() > isStuck);
    if (readsOf(items).has(total - 1)) stop.abort();
  }
  assert.ok(readsOf(items).get(total - 1)?.saidAfter !== null, 'the last one is late');
  await pbx.close();
});

test('a connection that the PBX gave up because it was not read was lost by our own doing', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    const filler = 'x'.repeat(1_000);
    while (!client.socket.destroyed && client.socket.writableLength < 1_000_000) {
      client.send(eventText('Hangup', { Filler: filler, N: '0' }));
      await sleep(0);
    }
    await sleep(300);
    client.socket.destroy();
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20, lateMs: 100 } });
  const stop = new AbortController();
  const items: SourceItem[] = [];
  for await (const item of source.items(stop.signal)) {
    items.push(item);
    if (item.kind === 'frames')
      await eventually('the PBX has given it up', () => pbx.clients[0]?.socket.destroyed ?? false);
    if (item.kind === 'disconnected') stop.abort();
  }
  const end = endOf(items);
  assert.is(end.reason, 'JOURNAL_FULL');
  assert.ok(end.at !== null && end.lastHeardAt !== null && end.at - end.lastHeardAt >= 200_000);
  await pbx.close();
});

test('how old what is read may be is a part of the state while it is connected', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.answer(await client.ping(), 'Success', 'Ping: Pong');
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20 } });
  assert.is(source.state().delayMs, null);
  const stop = new AbortController();
  const running = (async () => {
    for await (const _ of source.items(stop.signal));
  })();
  await eventually('the delay grows', () => (source.state().delayMs ?? 0) > 100);
  stop.abort();
  await running;
  assert.is(source.state().delayMs, null);
  await pbx.close();
});

test.run();
