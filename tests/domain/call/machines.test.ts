import * as assert from 'uvu/assert';
import { onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a machine that speaks with the outside party is no person');

/** Calls in, and is with what is at `endpoint` for a while. */
function metBy(endpoint: string, opening: Parameters<ScenarioPbx['comesIn']>[1] = {}) {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const other = pbx.comesIn(endpoint, { state: 0, context: 'default', exten: 's', number: '<unknown>', ...opening });
  const leave = meet(pbx, caller, other);
  pbx.wait(20);
  leave();
  pbx.hangsUp(other);
  return { pbx, caller };
}

function meet(pbx: ScenarioPbx, a: ScenarioChannel, b: ScenarioChannel): () => void {
  const bridge = pbx.bridge();
  for (const channel of [a, b]) pbx.enters(channel, bridge, 'stasis');
  return () => {
    for (const channel of [a, b]) pbx.leaves(channel, bridge, 'stasis');
  };
}

const MACHINES = [
  'AudioSocket/127.0.0.1:8090-3f1c6a80',
  'WebSocket/agent',
  'UnicastRTP/127.0.0.1:18080',
  'Snoop/1795400000.11',
  'NewKindOfBot/7f2c',
];
for (const machine of MACHINES) {
  test(`neither extension nor answer: ${machine.split('/')[0]}`, () => {
    const { pbx, caller } = metBy(machine);
    pbx.asksToHangUp(caller);
    pbx.hangsUp(caller);
    const row = onlyRow(pbx);
    assert.equal([row.outcome, row.answered_at, row.extensions, row.rang], ['abandoned', null, [], []]);
    assert.equal([row.handled_by_machine, row.why.handled_by_machine?.rule], [true, 'met_a_machine']);
  });
}

test('a person whom it hands the call over to answers it', () => {
  const { pbx, caller } = metBy('AudioSocket/127.0.0.1:8090-3f1c6a80');
  const phone = pbx.rings('101', caller);
  pbx.wait(5);
  pbx.connects(caller, phone);
  pbx.wait(10);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.outcome, row.extensions, row.ring_seconds, row.duration_seconds], ['answered', ['101'], 25, 10]);
  assert.is(row.handled_by_machine, false);
});

test('a machine is a leg of its own kind, also one at an endpoint that the rules name', () => {
  const { pbx, caller } = metBy('PJSIP/voicebot', {
    context: 'from-internal',
    number: '299',
    linkedid: '1795400000.11',
  });
  pbx.hangsUp(caller);
  assert.equal(onlyRow(pbx).extensions, ['299']);
  const row = onlyRow(pbx, { rules: { machine_names: ['voice*'] } });
  assert.equal(row.extensions, []);
  assert.is(row.legs.find(({ party }) => party === 'voicebot')?.kind, 'machine');
});

test('a technology that is new to us is a person where it opened in an internal context or has an extension’s number', () => {
  for (const [opening, extension] of [
    [{ context: 'from-internal' }, 'desk'],
    [{ number: '104' }, '104'],
  ] as const) {
    const { pbx, caller } = metBy('NewKindOfPhone/desk', opening);
    pbx.hangsUp(caller);
    assert.equal(onlyRow(pbx).extensions, [extension]);
  }
});

/** A call to the outside that the PBX places, for no phone. */
function dialledByPbx(pbx: ScenarioPbx): ScenarioChannel {
  const trunk = pbx.comesIn('PJSIP/mytrunk', { state: 0, exten: 's', number: '6945556678' });
  pbx.say('DialBegin', { DestUniqueid: trunk.uniqueid, DestChannel: trunk.name, DialString: '6945556678@mytrunk' });
  return trunk;
}

test('a call to the outside that only a machine spoke on says so: a bot that met it, or the PBX itself', () => {
  for (const bot of ['AudioSocket/127.0.0.1:8090-3f1c6a80', null]) {
    const pbx = new ScenarioPbx();
    const trunk = dialledByPbx(pbx);
    pbx.wait(7);
    pbx.answers(trunk);
    if (bot !== null) meet(pbx, trunk, pbx.comesIn(bot, { state: 0, context: 'default' }))();
    pbx.wait(20);
    pbx.hangsUp(trunk);
    const row = onlyRow(pbx);
    assert.equal([row.direction, row.outcome, row.why.outcome?.rule], ['outbound', 'missed', 'handled_by_a_machine']);
    assert.is(row.handled_by_machine, true);
    assert.equal([row.ring_seconds, row.why.ring_seconds?.rule, row.answered_at], [7, 'until_picked_up', null]);
  }
});

test('a call to the outside that nobody picked up, or that a phone placed, was handled by no machine', () => {
  const rulesOf = (isUp: boolean, by: 'phone' | 'pbx') => {
    const pbx = new ScenarioPbx();
    const phone = by === 'phone' ? pbx.phoneDials('101', '6945556678') : null;
    const trunk = phone
      ? pbx.dialsOut('mytrunk', '6945556678', phone)
      : pbx.comesIn('PJSIP/mytrunk', { state: 0, exten: 's' });
    if (isUp) pbx.answers(trunk);
    for (const channel of [trunk, ...(phone ? [phone] : [])]) pbx.hangsUp(channel);
    const { why, handled_by_machine } = onlyRow(pbx);
    return [why.outcome?.rule, why.ring_seconds?.rule, handled_by_machine];
  };
  for (const rules of [rulesOf(false, 'pbx'), rulesOf(true, 'phone')])
    assert.equal(rules, ['nobody_answered_outside', 'until_the_end', false]);
});

test('the application that hands a caller’s voice to a program is one too, as far as its call record tells', () => {
  const ruleOf = (application: string) => {
    const pbx = new ScenarioPbx();
    const caller = pbx.comesIn('PJSIP/mytrunk');
    pbx.answers(caller);
    pbx.asksToHangUp(caller);
    pbx.hangsUp(caller);
    pbx.say('Cdr', { Channel: caller.name, UniqueID: caller.uniqueid, LastApplication: application });
    const { handled_by_machine, outcome, why } = onlyRow(pbx);
    return [handled_by_machine, outcome, why.handled_by_machine?.rule];
  };
  assert.equal(ruleOf('AudioSocket'), [true, 'abandoned', 'was_handed_to_a_machine']);
  for (const application of ['BackGround', 'Queue', 'Playback'])
    assert.equal(ruleOf(application), [false, 'abandoned', 'no_machine_spoke'], application);
});

test('who only waited in the phone system, or left a message, was handled by no machine', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.goesTo(caller, 'ivr-1', 's');
  pbx.answers(caller);
  pbx.wait(20);
  pbx.asksToHangUp(caller);
  pbx.hangsUp(caller);
  assert.is(onlyRow(pbx).handled_by_machine, false);
});

test('the ringing of a caller with whom only a machine spoke ends with the call: no person came', () => {
  const { pbx, caller } = metBy('AudioSocket/127.0.0.1:8090-3f1c6a80');
  pbx.hangsUp(caller);
  const row = onlyRow(pbx);
  assert.equal([row.ring_seconds, row.why.ring_seconds?.rule], [20, 'until_the_end']);
});

test.run();
