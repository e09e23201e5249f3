// `npm run torture [-- --seed N] [--only FAULT] [--minutes M]`: faults tried for real; a table, and exit status 1 when one fails.
import { parseArgs } from 'node:util';
import { newSeed } from '../support/random.ts';
import { FAULTS } from './faults/index.ts';
import type { Outcome } from './outcome.ts';
import { SERVERS_FAULTS } from './servers/faults/index.ts';
import { tortureServers } from './servers/torture.ts';
import { torture } from './torture.ts';

const CALLS_PER_SECOND = 30;
const CALLS_PER_SECOND_TO_SEVERAL = 15;

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string', multiple: true }, minutes: { type: 'string' } },
});
const seed = Number(values.seed ?? newSeed());
const names = [...FAULTS, ...SERVERS_FAULTS].map(({ name }) => name);
const only = values.only ?? names;
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such fault: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(1);
}
const faults = FAULTS.filter(({ name }) => only.includes(name));
const serversFaults = SERVERS_FAULTS.filter(({ name }) => only.includes(name));
const endsAt = Date.now() + Number(values.minutes ?? 0) * 60_000;

console.log(`seed ${seed}`);
const outcomes: Outcome[] = [];
const tell = (outcome: Outcome) => {
  outcomes.push(outcome);
  console.log(lineOf(outcome));
};
for (let round = 0; round === 0 || Date.now() < endsAt; round += 1) {
  const untilMs = round === 0 ? Number.POSITIVE_INFINITY : endsAt;
  const how = { seed: seed + round, least: 1, untilMs, tell };
  await torture({ ...how, faults, callsPerSecond: CALLS_PER_SECOND });
  await tortureServers({ ...how, faults: serversFaults, callsPerSecond: CALLS_PER_SECOND_TO_SEVERAL, isTimed: true });
}
const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped; seed ${seed}`);
process.exit(count('failed') > 0 || count('passed') === 0 ? 1 : 0);

function lineOf({ what, result, detail, seconds }: Outcome): string {
  return `${result.padEnd(7)}  ${what.padEnd(28)}  ${seconds.toFixed(1).padStart(6)} s  ${detail}`;
}
