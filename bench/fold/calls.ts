import { ScenarioPbx } from '../../tests/support/scenarioPbx.ts';

/** So many of them are phones inside, spread evenly. All are there, and nobody has left. */
export function conference(people: number, phones = people / 10): ScenarioPbx {
  const pbx = new ScenarioPbx();
  for (let n = 0; n < people; n += 1) {
    const one =
      n % (people / phones) === 0
        ? pbx.phoneDials(`${100 + n}`, '8000')
        : pbx.comesIn('PJSIP/mytrunk', { number: `69${10_000_000 + n}` });
    pbx.answers(one);
    pbx.enters(one, 'conference', 'base', 'softmix');
    pbx.wait(1);
  }
  return pbx;
}

/** Two who speak, one of whom holds and goes on. */
export function holds(facts: number): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.connects(caller, phone);
  while (pbx.facts.length < facts) {
    for (const event of ['Hold', 'Unhold']) pbx.says(event, [['', phone]]);
    pbx.wait(1);
  }
  return pbx;
}

/** Calls of two people, that go on. */
export function callsOfTwo(facts: number): ScenarioPbx {
  const pbx = new ScenarioPbx();
  while (pbx.facts.length < facts) {
    const caller = pbx.comesIn('PJSIP/mytrunk');
    pbx.connects(caller, pbx.rings('101', caller));
    pbx.wait(1);
  }
  return pbx;
}
