import * as assert from 'uvu/assert';
import { newSeed } from '../support/random.ts';
import { suite } from '../support/suite.ts';
import type { Outcome } from './outcome.ts';
import { handedOver } from './servers/faults/handedOver.ts';
import { holderKilled } from './servers/faults/holderKilled.ts';
import { leaseConnectionEnded } from './servers/faults/leaseConnectionEnded.ts';
import { tortureServers } from './servers/torture.ts';

const test = suite('several servers under torture, in short', { deadlineMs: 300_000 });

/** No fault but the first is begun later. */
const MAX_MS = 30_000;
const CALLS_PER_SECOND = 10;

test('store each frame once, or tell of a gap, whatever becomes of the one that listens', async () => {
  const seed = newSeed();
  console.log(`seed ${seed}: npm run torture -- --seed ${seed}`);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome);
    console.log(JSON.stringify(outcome));
  };
  await tortureServers({
    faults: [handedOver, holderKilled, leaseConnectionEnded],
    seed,
    untilMs: Date.now() + MAX_MS,
    callsPerSecond: CALLS_PER_SECOND,
    entry: 'source',
    isTimed: false,
    tell,
  });
  assert.equal(
    outcomes.filter(({ result }) => result !== 'passed'),
    [],
  );
  assert.ok(outcomes.length > 1);
});

test.run();
