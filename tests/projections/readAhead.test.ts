import * as assert from 'uvu/assert';
import type { RecordedEvent } from '../../src/domain/events.ts';
import { readAhead } from '../../src/projections/following/readAhead.ts';
import { suite } from '../support/suite.ts';

const test = suite('what is done while there is nothing to project');

test('waits for whatever comes, and is done once before each batch however fast they come', async () => {
  const done: string[] = [];
  let give = (_: string) => {};
  const comes = () => new Promise<string>((resolve) => (give = resolve));
  let next = comes();
  const batches = async function* () {
    for (;;) {
      const id = await next;
      if (id === 'end') return;
      next = comes();
      yield [eventOf(id)];
    }
  };
  let pages = 0;
  const meanwhile = async () => {
    done.push('page');
    await new Promise((resolve) => setImmediate(resolve));
    pages += 1;
    if (pages === 3) give('a');
    if (pages === 5) give('b');
    if (pages === 8) give('end');
    return 0;
  };
  const started: string[] = [];
  for await (const batch of readAhead(batches, new AbortController().signal, { meanwhile })) {
    started.push(...batch.map(({ id }) => `${id} after ${done.length}`));
  }
  assert.is(started.length, 2);
  const [a = 0, b = 0] = started.map((one) => Number(one.split(' ').at(-1)));
  // a page that has begun ends first
  assert.ok(3 <= a && a <= 4, started.join());
  assert.ok(5 <= b && b <= 6, started.join());
});

test('is asked again after as long as it says, though nothing comes', async () => {
  const answers = [1, 1, 0, null];
  let give = () => {};
  const comes = new Promise<void>((resolve) => (give = resolve));
  const batches = async function* () {
    await comes;
    yield [eventOf('a')];
  };
  const meanwhile = async () => {
    const again = answers.shift() ?? null;
    if (answers.length === 0) give();
    return again;
  };
  const ids: string[] = [];
  for await (const batch of readAhead(batches, new AbortController().signal, { meanwhile })) {
    ids.push(...batch.map(({ id }) => id));
  }
  assert.equal([ids, answers], [['a'], []]);
});

test('ends with the signal, also where there is always more of it', async () => {
  const stop = new AbortController();
  let pages = 0;
  const meanwhile = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    pages += 1;
    if (pages === 3) stop.abort();
    return 0;
  };
  for await (const _ of readAhead(nothingUntil, stop.signal, { meanwhile })) assert.unreachable();
  assert.ok(pages < 10, `${pages} pages`);
});

test('fails the reading when it fails', async () => {
  const meanwhile = async () => {
    throw new Error('the page failed');
  };
  const read = async () => {
    for await (const _ of readAhead(nothingUntil, new AbortController().signal, { meanwhile })) assert.unreachable();
  };
  const error: unknown = await read().catch((reason: unknown) => reason);
  assert.match(String(error), 'the page failed');
});

async function* nothingUntil(signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function eventOf(id: string): RecordedEvent {
  return { id, stream: 'none-x', type: 'None', data: {}, metadata: {}, revision: 0n, position: 1n };
}

test.run();
