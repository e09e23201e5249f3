import * as assert from 'uvu/assert';
import { FrameQueue } from '../../src/listening/frameQueue.ts';
import { MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, MemoryBudget } from '../../src/listening/memoryBudget.ts';
import type { SourceItem } from '../../src/ports/pbxSource.ts';
import { suite } from '../support/suite.ts';

const test = suite('the queue between socket and log');

function read(frames: number, bytes: number): SourceItem {
  const frame = { event: 'Hangup', fields: [], latin1: [], bytes };
  return { kind: 'frames', at: null, frames: Array.from({ length: frames }, () => frame) };
}

function newQueue() {
  const stopping = new AbortController();
  const givingUp = new AbortController();
  return { queue: new FrameQueue(new MemoryBudget(1).share(), stopping.signal, givingUp.signal), stopping, givingUp };
}

/** Whether the promise is settled once everything that can happen now has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

for (const [what, item, count] of [
  ['frames', read(100, 1), MAX_QUEUED_FRAMES / 100],
  ['bytes', read(1, MAX_QUEUED_BYTES / 64), 64],
] as const) {
  test(`has room until so many ${what} are kept, and again when they are released`, async () => {
    const { queue } = newQueue();
    for (let n = 1; n < count; n += 1) queue.put(item);
    assert.ok(await isSettled(queue.room()));
    queue.put(item);
    const room = queue.room();
    assert.not.ok(await isSettled(room));
    assert.ok(queue.state().isFull);
    assert.is(await queue.take(), item);
    assert.not.ok(await isSettled(room), 'what was taken is still in memory');
    queue.release(100, MAX_QUEUED_BYTES / 64);
    assert.ok(await isSettled(room));
  });
}

test('nobody waits for room when the program stops', async () => {
  const { queue, stopping } = newQueue();
  queue.put(read(MAX_QUEUED_FRAMES, 1));
  const room = queue.room();
  stopping.abort();
  assert.ok(await isSettled(room));
});

test('gives out items in their order, then nothing when it is closed', async () => {
  const { queue } = newQueue();
  const first = queue.take();
  assert.not.ok(await isSettled(first));
  const items = [read(1, 1), read(2, 1), read(3, 1)];
  for (const item of items) queue.put(item);
  queue.close();
  assert.equal([await first, await queue.take(), await queue.take(), await queue.take()], [...items, null]);
});

test('nobody waits for an item when what is left is given up', async () => {
  const { queue, givingUp } = newQueue();
  const waiting = queue.take();
  givingUp.abort();
  assert.is(await waiting, null);
});

test.run();
