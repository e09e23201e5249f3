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

test('a call to the outside that only a machine spoke on says so: a bot that met it, or the PBX itself', () => {
  for (const bot of ['AudioSocket/127.0.0.1:8090-3f1c6a80', null]) {
    const pbx = new ScenarioPbx();
    const trunk = pbx.comesIn('PJSIP/mytrunk', { state: 0, exten: 's', number: '6945556678' });
    pbx.say('DialBegin', { DestUniqueid: trunk.uniqueid, DestChannel: trunk.name, DialString: '6945556678@mytrunk' });
    pbx.answers(trunk);
    if (bot !== null) meet(pbx, trunk, pbx.comesIn(bot, { state: 0, context: 'default' }))();
    pbx.wait(20);
    pbx.hangsUp(trunk);
    const row = onlyRow(pbx);
    assert.equal([row.direction, row.outcome, row.why.outcome?.rule], ['outbound', 'missed', 'handled_by_a_machine']);
  }
});

test('a call to the outside that nobody picked up, or that a phone placed, was handled by no machine', () => {
  const ruleOf = (isUp: boolean, by: 'phone' | 'pbx') => {
    const pbx = new ScenarioPbx();
    const phone = by === 'phone' ? pbx.phoneDials('101', '6945556678') : null;
    const trunk = phone
      ? pbx.dialsOut('mytrunk', '6945556678', phone)
      : pbx.comesIn('PJSIP/mytrunk', { state: 0, exten: 's' });
    if (isUp) pbx.answers(trunk);
    for (const channel of [trunk, ...(phone ? [phone] : [])]) pbx.hangsUp(channel);
    return onlyRow(pbx).why.outcome?.rule;
  };
  assert.equal([ruleOf(false, 'pbx'), ruleOf(true, 'phone')], ['nobody_answered_outside', 'nobody_answered_outside']);
});

test.run();
