/**
 * What it costs to fold a call anew as it grows: a conference by its members, a call by its facts, beside the same number of
 * facts in calls of two. Milliseconds a fold; the ratio grows with what is not linear.
 */
import { foldGroup } from '../src/domain/call/foldGroup.ts';
import type { Fact } from '../src/domain/facts/fact.ts';
import { groupFacts } from '../src/domain/facts/grouping.ts';
import { defaultRules } from '../src/domain/rules.ts';
import { ScenarioPbx } from '../tests/support/scenarioPbx.ts';
import type { BenchLine } from './line.ts';
import { median } from './timing.ts';

const ROUNDS = 5;
const RULES = defaultRules('GR');

export async function* run(): AsyncIterable<BenchLine> {
  for (const people of [50, 100, 200, 400]) yield line(`a conference of ${people}`, conference(people));
  for (const facts of [2_000, 20_000]) yield line(`a call of ${facts} facts`, holds(facts));
}

function line(what: string, facts: readonly Fact[]): BenchLine {
  const [value, baseline] = [milliseconds([facts]), milliseconds(groupFacts(callsOfTwo(facts.length)))];
  return {
    bench: `fold: ${what}, beside as many facts in calls of two`,
    value,
    unit: 'ms',
    baseline,
    ratio: value / baseline,
  };
}

function milliseconds(groups: readonly (readonly Fact[])[]): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const from = performance.now();
    for (const group of groups) foldGroup(group, { connections: [], rules: RULES });
    return performance.now() - from;
  });
  return median(rounds);
}

/** One in ten is a phone inside. All are there, and nobody has left. */
function conference(people: number): readonly Fact[] {
  const pbx = new ScenarioPbx();
  for (let n = 0; n < people; n += 1) {
    const one =
      n % 10 === 0
        ? pbx.phoneDials(`${100 + n}`, '8000')
        : pbx.comesIn('PJSIP/mytrunk', { number: `69${10_000_000 + n}` });
    pbx.answers(one);
    pbx.enters(one, 'conference', 'base', 'softmix');
    pbx.wait(1);
  }
  return pbx.facts;
}

function holds(facts: number): readonly Fact[] {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.connects(caller, phone);
  while (pbx.facts.length < facts) {
    for (const event of ['Hold', 'Unhold']) pbx.says(event, [['', phone]]);
    pbx.wait(1);
  }
  return pbx.facts;
}

function callsOfTwo(facts: number): readonly Fact[] {
  const pbx = new ScenarioPbx();
  while (pbx.facts.length < facts) {
    const caller = pbx.comesIn('PJSIP/mytrunk');
    pbx.connects(caller, pbx.rings('101', caller));
    pbx.wait(1);
  }
  return pbx.facts;
}
