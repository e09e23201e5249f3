/**
 * What it costs to fold a call anew as it grows: a conference by its members, a call by its facts, beside the same number of
 * facts in calls of two. Milliseconds of the processor a fold; the ratio grows with what is not linear. Then what an event costs
 * while such calls go on.
 */
import { foldGroup } from '../src/domain/call/foldGroup.ts';
import type { Fact } from '../src/domain/facts/fact.ts';
import { groupFacts } from '../src/domain/facts/grouping.ts';
import { defaultRules } from '../src/domain/rules.ts';
import { callsOfTwo, conference, holds } from './fold/calls.ts';
import { live } from './fold/live.ts';
import type { BenchLine } from './line.ts';

/** The best round counts: what else the machine does can only make one slower. */
const ROUNDS = 9;
const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  for (const people of [50, 100, 200, 400]) yield line(`a conference of ${people}`, conference(people).facts);
  // what each row lists is the same then
  for (const people of [400, 1_600])
    yield line(`a conference of ${people}, ten of them phones`, conference(people, 10).facts);
  for (const facts of [2_000, 20_000]) yield line(`a call of ${facts} facts`, holds(facts).facts);
  yield* live();
}

function line(what: string, facts: readonly Fact[]): BenchLine {
  const [value, baseline] = [milliseconds([facts]), milliseconds(groupFacts(callsOfTwo(facts.length).facts))];
  return {
    bench: `fold: ${what}, beside as many facts in calls of two`,
    value,
    unit: 'ms of CPU',
    baseline,
    ratio: value / baseline,
  };
}

function milliseconds(groups: readonly (readonly Fact[])[]): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = process.cpuUsage();
    for (const group of groups) foldGroup(group, { connections: [], rules: RULES });
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  });
  return Math.min(...rounds);
}
