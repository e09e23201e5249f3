import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { Lag } from '../../src/health/lag.ts';
import { suite } from '../support/suite.ts';
import { NOW } from './support.ts';

const test = suite('how far the read model is behind');

/** The seconds that it is behind, asked once a second: `[position, head]`. */
function secondsOf(looks: readonly (readonly [number, number])[]): readonly number[] {
  const lag = new Lag();
  return looks.map(
    ([position, head], second) =>
      lag.look(BigInt(position), BigInt(head), (NOW + second * 1_000_000) as Micros).seconds,
  );
}

test('one that has all is not behind', () => {
  assert.equal(
    secondsOf([
      [5, 5],
      [7, 7],
      [7, 7],
    ]),
    [0, 0, 0],
  );
});

test('one that stands still is further behind with every second', () => {
  const standing = secondsOf(Array.from({ length: 60 }, (_, second) => [5, 5 + second] as const));
  assert.equal([standing[0], standing[30], standing[59]], [0, 29, 58]);
});

test('one that goes on at the same distance is not further behind', () => {
  const steady = Array.from({ length: 60 }, (_, second) => [second * 10, (second + 3) * 10] as const);
  assert.ok(Math.max(...secondsOf(steady)) <= 4);
});

test('the distance is told beside it', () => {
  assert.is(new Lag().look(5n, 12n, NOW).positions, 7n);
});

test.run();
