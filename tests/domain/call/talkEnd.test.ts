import * as assert from 'uvu/assert';
import { onlyRow, type ScenarioChannel, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a talk is over when the last person has left the outside party');

const UNTIL_LEFT = 'first_answer_until_the_last_person_left';
const UNTIL_ENDED = 'first_answer_to_the_end_of_the_outside_party';

/** A caller speaks with 101 from second 4 to second 14. */
function talked(pbx: ScenarioPbx): { caller: ScenarioChannel; phone: ScenarioChannel; bridge: string } {
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(4);
  const bridge = pbx.connects(caller, phone);
  pbx.wait(10);
  return { caller, phone, bridge };
}

/** Both leave the bridge, the phone first. */
function part(pbx: ScenarioPbx, { caller, phone, bridge }: ReturnType<typeof talked>): void {
  pbx.leaves(phone, bridge);
  pbx.leaves(caller, bridge);
}

/** Duration, the second in which the call ended, and the rule of the duration. */
function told(pbx: ScenarioPbx) {
  const { duration_seconds, ended_at, why } = onlyRow(pbx);
  return [duration_seconds, Math.floor(Date.parse(ended_at ?? '') / 1000) - START, why.duration_seconds?.rule];
}

test('a survey that the PBX asks the caller afterwards is none', () => {
  const pbx = new ScenarioPbx();
  const call = talked(pbx);
  part(pbx, call);
  pbx.hangsUp(call.phone);
  pbx.goesTo(call.caller, 'survey', 's');
  pbx.wait(30);
  pbx.hangsUp(call.caller);
  assert.equal(told(pbx), [10, 44, UNTIL_LEFT]);
});

test('nor is one after the talk with an agent who stays logged in', () => {
  const pbx = new ScenarioPbx();
  const call = talked(pbx);
  part(pbx, call);
  pbx.enters(call.phone, 'agents', 'agent_hold', 'holding_bridge');
  pbx.wait(30);
  pbx.hangsUp(call.caller);
  assert.equal(told(pbx), [10, 44, UNTIL_LEFT]);
});

test('nor what a machine says to it, in the bridge or in another', () => {
  for (const isSameBridge of [true, false]) {
    const pbx = new ScenarioPbx();
    const call = talked(pbx);
    const bot = pbx.called('AudioSocket/127.0.0.1:8090-3f1c6a80', call.caller, { context: 'default' });
    if (isSameBridge) pbx.leaves(call.phone, call.bridge);
    else part(pbx, call);
    pbx.hangsUp(call.phone);
    const bridge = isSameBridge ? call.bridge : pbx.connects(call.caller, bot);
    if (isSameBridge) pbx.enters(bot, bridge);
    pbx.wait(30);
    for (const channel of [bot, call.caller]) pbx.hangsUp(channel);
    assert.equal(told(pbx), [10, 44, UNTIL_LEFT]);
    assert.is(onlyRow(pbx).handled_by_machine, false, 'a person spoke first');
  }
});

test('nor the ringing of a phone that it was transferred to and that nobody picked up', () => {
  const pbx = new ScenarioPbx();
  const call = talked(pbx);
  part(pbx, call);
  pbx.hangsUp(call.phone);
  const other = pbx.rings('104', call.caller);
  pbx.wait(15);
  for (const channel of [other, call.caller]) pbx.hangsUp(channel);
  assert.equal(told(pbx), [10, 29, UNTIL_LEFT]);
});

test('who is on hold is still with the person who asks somebody else, until that one goes as well', () => {
  for (const [goesAfter, duration, rule] of [
    [null, 30, UNTIL_ENDED],
    [5, 15, UNTIL_LEFT],
  ] as const) {
    const pbx = new ScenarioPbx();
    const { caller, phone, bridge } = talked(pbx);
    const other = pbx.rings('103', phone);
    pbx.leaves(phone, bridge);
    pbx.connects(phone, other);
    pbx.wait(goesAfter ?? 20);
    if (goesAfter !== null) {
      pbx.hangsUp(phone);
      pbx.wait(20 - goesAfter);
    }
    pbx.hangsUp(caller);
    pbx.hangsUp(other);
    if (goesAfter === null) pbx.hangsUp(phone);
    assert.equal(told(pbx), [duration, 34, rule]);
  }
});

test('what lies between two talks belongs to the call: a menu, a bot, a parking lot', () => {
  const pbx = new ScenarioPbx();
  const call = talked(pbx);
  part(pbx, call);
  pbx.hangsUp(call.phone);
  pbx.enters(call.caller, 'lot', 'parking', 'holding_bridge');
  pbx.wait(20);
  pbx.leaves(call.caller, 'lot', 'parking', 'holding_bridge');
  const other = pbx.rings('102', call.caller);
  pbx.connects(call.caller, other);
  pbx.wait(5);
  for (const channel of [other, call.caller]) pbx.hangsUp(channel);
  assert.equal(told(pbx), [35, 39, UNTIL_ENDED]);
});

test('another one outside whom it was put through to is somebody', () => {
  const pbx = new ScenarioPbx();
  const call = talked(pbx);
  part(pbx, call);
  const mobile = pbx.dialsOut('mytrunk', '6977123456', call.caller);
  pbx.hangsUp(call.phone);
  pbx.connects(call.caller, mobile);
  pbx.wait(20);
  for (const channel of [mobile, call.caller]) pbx.hangsUp(channel);
  assert.equal(told(pbx), [30, 34, UNTIL_ENDED]);
});

test.run();
