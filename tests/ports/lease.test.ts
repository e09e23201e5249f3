import * as assert from 'uvu/assert';
import { whenever, whileHeld } from '../../src/ports/lease.ts';
import { eventually } from '../support/eventually.ts';
import { LeaseByHand } from '../support/leaseByHand.ts';
import { suite } from '../support/suite.ts';

const test = suite('work that only the holder of a lease does');

/** Work that goes on until it is told to end; what was begun and ended so far. */
function watched(lease: LeaseByHand) {
  const said: string[] = [];
  const stop = new AbortController();
  const done = whileHeld(lease, stop.signal, async (signal) => {
    said.push('begun');
    await whenever(lease, () => false, signal);
    said.push('ended');
  });
  return { said, stop, done };
}

test('is begun when it is held, ended as soon as it is not, and begun again', async () => {
  const lease = new LeaseByHand('taken');
  const { said, stop, done } = watched(lease);
  assert.equal(said, []);
  for (const state of ['lost', 'taken'] as const) {
    lease.enter('held');
    await eventually('it is begun', () => said.at(-1) === 'begun');
    lease.enter(state);
    await eventually('it is ended', () => said.at(-1) === 'ended');
  }
  assert.equal(said, ['begun', 'ended', 'begun', 'ended']);
  stop.abort();
  await done;
});

test('ends with its signal, held or not', async () => {
  for (const state of ['held', 'taken'] as const) {
    const { stop, done, said } = watched(new LeaseByHand(state));
    if (state === 'held') await eventually('it is begun', () => said.length === 1);
    stop.abort();
    await done;
  }
});

test.run();
