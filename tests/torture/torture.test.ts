import * as assert from 'uvu/assert';
import { newSeed } from '../support/random.ts';
import { suite } from '../support/suite.ts';
import { FAULTS } from './faults/index.ts';
import type { Outcome } from './outcome.ts';
import { torture } from './torture.ts';

const test = suite('a serve under torture, in short', { deadlineMs: 240_000 });

/** No fault is begun later. */
const MAX_MS = 60_000;
const CALLS_PER_SECOND = 20;

test('loses and doubles no call that was heard, says what is wrong while it is, and is well again, whatever is done to it', async () => {
  const seed = newSeed();
  console.log(`seed ${seed}: npm run torture -- --seed ${seed}`);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome);
    console.log(JSON.stringify(outcome));
  };
  const faults = FAULTS.filter(({ stage }) => stage === undefined);
  await torture({
    faults,
    seed,
    untilMs: Date.now() + MAX_MS,
    callsPerSecond: CALLS_PER_SECOND,
    entry: 'source',
    tell,
  });
  assert.equal(
    outcomes.filter(({ result }) => result !== 'passed'),
    [],
  );
  assert.ok(outcomes.length > 2);
});

test.run();
