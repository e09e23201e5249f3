import * as assert from 'uvu/assert';
import { within } from '../src/deadline.ts';
import { suite } from './support/suite.ts';

const test = suite('a deadline');
const never = () => new Promise<string>(() => {});

test('what comes in time is given, errors too', async () => {
  const late = (): never => {
    throw new Error('it was there in time');
  };
  assert.is(await within(60_000, Promise.resolve('there'), late), 'there');
  const failed = within(60_000, Promise.reject<string>(new Error('broken')), late);
  assert.is(await failed.catch(({ message }: Error) => message), 'broken');
});

test('what comes too late is replaced by what was agreed on, a value or an error', async () => {
  assert.is(await within(1, never(), () => 'instead'), 'instead');
  const refused = within(1, never(), () => {
    throw new Error('too late');
  });
  assert.is(await refused.catch(({ message }: Error) => message), 'too late');
});

test('work that fails after its deadline ends no process', async () => {
  let fail = () => {};
  const work = new Promise<string>((_, reject) => {
    fail = () => reject(new Error('long forgotten'));
  });
  assert.is(await within(1, work, () => 'instead'), 'instead');
  fail();
  await new Promise((resolve) => setImmediate(resolve));
});

test.run();
