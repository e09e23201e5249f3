import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { DEFAULT_TIMINGS } from '../../../../src/adapters/ami/session/timings.ts';
import { createBackoff } from '../../../../src/retry.ts';
import { eventsOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { eventText, fakePbx } from '../../../support/fakePbx.ts';
import { logLines } from '../../../support/logLines.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('coming back to a PBX');

test('waits between 1 and 30 seconds, longer from try to try, never twice exactly as long', () => {
  const { reconnectMinMs: minMs, reconnectMaxMs: maxMs } = DEFAULT_TIMINGS;
  assert.equal([minMs, maxMs], [1_000, 30_000]);
  const seed = Date.now();
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (tries) => {
      const backoff = createBackoff({ minMs, maxMs });
      const waits = Array.from({ length: tries }, () => backoff.next());
      waits.forEach((wait, n) => {
        assert.ok(wait >= minMs && wait <= Math.min(maxMs, minMs * 2 ** (n + 1)), `wait ${n} is ${wait}`);
      });
      assert.is(new Set(waits).size, waits.length);
      backoff.reset();
      assert.ok(backoff.next() <= minMs * 2);
    }),
    { seed },
  );
});

test('a refused login waits 30 seconds and more', () => {
  const { refusedMinMs: minMs, refusedMaxMs: maxMs } = DEFAULT_TIMINGS;
  const backoff = createBackoff({ minMs, maxMs });
  for (let n = 0; n < 100; n += 1) assert.ok(backoff.next() >= 30_000);
});

test('comes back after the PBX was away, tells it once, and counts it', async () => {
  const first = await fakePbx(async (client) => {
    await client.welcome();
    client.send(eventText('Hangup', { Uniqueid: '1.1' }));
    await first.close();
  });
  const { logger, lines } = logLines();
  const source = sourceOf(first, { logger });
  const running = itemsUntil(source, (items) => eventsOf(items).includes('Newchannel'));
  await eventually('it is noticed', () => source.state().lastError === 'AMI_UNREACHABLE');
  assert.is(source.state().state, 'waiting');
  const second = await fakePbx(
    async (client) => {
      await client.welcome();
      client.send(eventText('Newchannel', { Uniqueid: '1.2' }));
    },
    { port: first.port },
  );
  const items = await running;
  const kinds = items.map(({ kind }) => kind);
  assert.is(kinds.indexOf('unreached'), 3, 'each try that was in vain is told');
  assert.equal(
    kinds.filter((kind) => kind !== 'unreached'),
    ['connected', 'frames', 'disconnected', 'connected', 'frames', 'disconnected'],
  );
  assert.is(source.state().reconnects, 1);
  assert.is(lines.filter((line) => line.includes('AMI_UNREACHABLE')).length, 1);
  await second.close();
});

test('nothing of the old connection survives into the new one', async () => {
  const pbx = await fakePbx(async (client, nth) => {
    await client.welcome();
    if (nth === 0) client.socket.end('Event: Newchannel\r\nUniqueid: 1.1\r\nExt');
    else client.send(`${eventText('Hangup', { Uniqueid: '1.2' })}`);
  });
  const items = await itemsUntil(sourceOf(pbx), (so) => eventsOf(so).length > 0);
  const frames = items.flatMap((item) => (item.kind === 'frames' ? item.frames : []));
  assert.equal(
    frames.map(({ event, fields }) => [event, fields.length]),
    [['Hangup', 3]],
  );
  await pbx.close();
});

test('a PBX that accepts and closes at once is not stormed', async () => {
  const pbx = await fakePbx((client) => client.socket.end());
  const source = sourceOf(pbx, { timings: { reconnectMinMs: 50, reconnectMaxMs: 100 } });
  const stop = new AbortController();
  const running = (async () => {
    for await (const item of source.items(stop.signal)) assert.is(item.kind, 'unreached');
  })();
  const started = performance.now();
  await eventually('a sixth connection', () => pbx.clients.length >= 6);
  assert.ok(performance.now() - started >= 5 * 50, 'it came back before the time was over');
  stop.abort();
  await running;
  await pbx.close();
});

test('is stopped at once, also while it waits for the next try', async () => {
  const pbx = await fakePbx(() => {});
  await pbx.close();
  const source = sourceOf(pbx, { timings: { reconnectMinMs: 60_000, reconnectMaxMs: 60_000 } });
  const stop = new AbortController();
  const running = (async () => {
    for await (const item of source.items(stop.signal)) assert.is(item.kind, 'unreached');
  })();
  await eventually('it waits', () => source.state().state === 'waiting');
  stop.abort();
  await running;
  assert.is(source.state().state, 'stopped');
});

test('waits a short time again after a connection that was stable', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.socket.end();
  });
  // every connection is a stable one here: the waits never grow
  const source = sourceOf(pbx, { timings: { stableMs: 0, reconnectMinMs: 1, reconnectMaxMs: 3_600_000 } });
  const items = await itemsUntil(source, (so) => so.filter(({ kind }) => kind === 'connected').length === 30);
  assert.is(items.filter(({ kind }) => kind === 'disconnected').length, 30);
  await pbx.close();
});

test.run();
