// `npm run torture [-- --seed N] [--only FAULT] [--minutes M]`: faults tried for real; a table, and exit status 1 when one fails.
import { parseArgs } from 'node:util';
import { newSeed } from '../support/random.ts';
import { FAULTS } from './faults/index.ts';
import { type Outcome, torture } from './torture.ts';

const CALLS_PER_SECOND = 30;

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string', multiple: true }, minutes: { type: 'string' } },
});
const seed = Number(values.seed ?? newSeed());
const only = values.only ?? FAULTS.map(({ name }) => name);
const unknown = only.filter((name) => !FAULTS.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(`No such fault: ${unknown.join(', ')}. There are ${FAULTS.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
const faults = FAULTS.filter(({ name }) => only.includes(name));
const endsAt = Date.now() + Number(values.minutes ?? 0) * 60_000;

console.log(`seed ${seed}`);
const outcomes: Outcome[] = [];
const tell = (outcome: Outcome) => {
  outcomes.push(outcome);
  console.log(lineOf(outcome));
};
for (let round = 0; round === 0 || Date.now() < endsAt; round += 1) {
  const untilMs = round === 0 ? Number.POSITIVE_INFINITY : endsAt;
  await torture({ faults, seed: seed + round, untilMs, callsPerSecond: CALLS_PER_SECOND, entry: 'built', tell });
}
const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped; seed ${seed}`);
process.exit(count('failed') > 0 || count('passed') === 0 ? 1 : 0);

function lineOf({ what, result, detail, seconds }: Outcome): string {
  return `${result.padEnd(7)}  ${what.padEnd(28)}  ${seconds.toFixed(1).padStart(6)} s  ${detail}`;
}
