import { getEventListeners } from 'node:events';
import * as assert from 'uvu/assert';
import { abortingWith, unlessAborted } from '../src/aborting.ts';
import { keptMemory } from './support/keptMemory.ts';
import { suite } from './support/suite.ts';

const test = suite('what ends with a signal');
const listeners = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length;
const never = () => new Promise(() => {});

test('aborts with the first of its signals, also one that has aborted before, and none of them with it', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const own = abortingWith(first.signal, second.signal);
  const other = abortingWith(first.signal, second.signal);
  own.abort();
  assert.equal([own.signal.aborted, other.signal.aborted, first.signal.aborted], [true, false, false]);
  second.abort();
  assert.is(other.signal.aborted, true);
  assert.is(abortingWith(first.signal, second.signal).signal.aborted, true);
});

test('is forgotten by its signals as soon as it has aborted, by whichever', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const own = abortingWith(first.signal, second.signal);
  abortingWith(first.signal, second.signal);
  assert.equal([first, second].map(listeners), [2, 2]);
  own.abort();
  assert.equal([first, second].map(listeners), [1, 1]);
  second.abort();
  assert.equal([first, second].map(listeners), [0, 0]);
});

test('work is waited for until the work is done, has failed, or the signal aborts', async () => {
  const stop = new AbortController();
  await unlessAborted(Promise.resolve(), stop.signal);
  const failed = unlessAborted(Promise.reject(new Error('broken')), stop.signal);
  assert.is(await failed.catch(({ message }: Error) => message), 'broken');
  const waiting = unlessAborted(never(), stop.signal);
  stop.abort();
  await waiting;
  await unlessAborted(never(), stop.signal);
});

test('leaves nothing at a signal that lives as long as the program, however often it is used', async () => {
  const times = 20_000;
  const long = new AbortController();
  const use = async () => {
    abortingWith(long.signal).abort();
    await unlessAborted(Promise.resolve(), long.signal);
  };
  for (let time = 0; time < times; time += 1) await use();
  const before = await keptMemory();
  for (let time = 0; time < times; time += 1) await use();
  const each = ((await keptMemory()) - before) / times;
  assert.ok(each < 20, `${each} bytes each`);
  assert.is(listeners(long), 0);
});

test.run();
