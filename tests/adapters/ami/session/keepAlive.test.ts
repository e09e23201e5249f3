import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { endOf, eventsOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventText, fakePbx } from '../../../support/fakePbx.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('keeping a connection to a PBX alive');

const hasEnded = (items: readonly { kind: string }[]) => items.some(({ kind }) => kind === 'disconnected');

test('a PBX that falls silent is noticed by the Ping that it does not answer', async () => {
  const pbx = await fakePbx((client) => client.welcome());
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20, pingDeadlineMs: 50 } });
  const end = endOf(await itemsUntil(source, hasEnded));
  assert.is(end.reason, 'AMI_TIMEOUT');
  assert.ok(end.at !== null && end.lastHeardAt !== null && end.at - end.lastHeardAt >= 50_000);
  await pbx.close();
});

test('a PBX whose answer is late behind its events is kept; when the events end too, it is noticed', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    const ping = await client.ping();
    for (let said = 0; said < 20; said += 1) {
      client.send(eventText('Hangup', { N: String(said) }));
      await sleep(20);
    }
    client.answer(ping, 'Success', 'Ping: Pong');
    client.send(eventText('Newchannel'));
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 5, pingDeadlineMs: 200 } });
  const items = await itemsUntil(source, hasEnded);
  assert.is(eventsOf(items).at(-1), 'Newchannel');
  assert.is(endOf(items).reason, 'AMI_TIMEOUT');
  await pbx.close();
});

test('a PBX that answered while this process stood still is kept', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.answer(await client.ping(), 'Success', 'Ping: Pong');
    const ping = await client.ping();
    client.answer(ping, 'Success', 'Ping: Pong');
    for (const until = performance.now() + 500; performance.now() < until; );
    client.answer(await client.ping(), 'Success', 'Ping: Pong');
    client.send(eventText('Hangup'));
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 5, pingDeadlineMs: 300 } });
  const items = await itemsUntil(source, (so) => eventsOf(so).length > 0 || hasEnded(so));
  assert.is(endOf(items).reason, 'STOPPED');
  await pbx.close();
});

test('a peer that trickles bytes and answers no Ping is noticed', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.send('Event: Hangup\r\nFiller: ');
    while (!client.socket.destroyed) {
      client.send('x');
      await sleep(5);
    }
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 20, pingDeadlineMs: 100, pingPatienceMs: 400 } });
  const end = endOf(await itemsUntil(source, hasEnded));
  assert.is(end.reason, 'AMI_TIMEOUT');
  await pbx.close();
});

test('each answered Ping proves that all was heard until it was sent', async () => {
  const sentBefore: number[] = [];
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    for (let ping = await client.ping(); ping !== null; ping = await client.ping()) {
      sentBefore.push(Date.now() * 1000);
      await sleep(20);
      client.answer(ping, 'Success', 'Ping: Pong');
    }
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 5, pingDeadlineMs: 2_000 } });
  const items = await itemsUntil(source, (so) => so.filter(({ kind }) => kind === 'alive').length === 3);
  const proofs = items.flatMap((item) => (item.kind === 'alive' ? [item.at] : []));
  // this clock counts whole milliseconds
  for (const [nth, at] of proofs.entries()) assert.ok(at <= (sentBefore[nth] ?? 0) + 1_000);
  await pbx.close();
});

test('that the clock of the PBX moved by more than a second is told once, a smaller move is not', async () => {
  let ahead = 0;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    let pings = 0;
    for (let ping = await client.ping(); ping !== null; ping = await client.ping()) {
      pings += 1;
      if (pings === 3) ahead = 0.4;
      if (pings === 6) ahead = 90;
      client.answer(ping, 'Success', `Timestamp: ${(Date.now() / 1000 + ahead).toFixed(6)}`);
    }
  });
  const source = sourceOf(pbx, { timings: { pingIntervalMs: 5 } });
  const items = await itemsUntil(source, (so) => so.filter(({ kind }) => kind === 'alive').length === 12);
  const moves = items.flatMap((item) => (item.kind === 'clock' ? [item.clockOffsetMs] : []));
  assert.is(moves.length, 1);
  assert.ok(Math.abs((moves[0] ?? 0) - 90_000) < 1_500, String(moves));
  await pbx.close();
});

test.run();
