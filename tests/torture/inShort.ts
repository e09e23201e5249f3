import * as assert from 'uvu/assert';
import { newSeed } from '../support/random.ts';
import type { Outcome } from './outcome.ts';

type Lived = {
  readonly seed: number;
  readonly least: number;
  readonly tell: (outcome: Outcome) => void;
};

/** Tortures by a seed of its own, with `least` faults or more; all that it tells, of each fault and at the end, must have passed. */
export async function inShort(least: number, torture: (lived: Lived) => Promise<unknown>): Promise<void> {
  const seed = newSeed();
  console.log(`seed ${seed}: npm run torture -- --seed ${seed}`);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome);
    console.log(JSON.stringify(outcome));
  };
  await torture({ seed, least, tell });
  assert.equal(
    outcomes.filter(({ result }) => result !== 'passed'),
    [],
  );
  assert.ok(outcomes.length > least);
}
