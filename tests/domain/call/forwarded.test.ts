import * as assert from 'uvu/assert';
import { onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a call that is sent on by the PBX');

test('to a mobile by follow-me is inbound and answered there, through nested Local channels that remove themselves', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const [desk, mobile] = [pair(pbx, 'FMPR-104', caller), pair(pbx, 'FMGL-6977000104#', caller)];
  const phone = pbx.rings('104', desk.far);
  const inner = pair(pbx, '6977000104', caller);
  const outside = pbx.dialsOut('voip-gr', '6977000104', inner.far);
  pbx.wait(6);
  pbx.answers(outside);
  for (const channel of [phone, desk.near, desk.far]) pbx.hangsUp(channel, 26);
  const last = pbx.connects(inner.far, outside);
  const middle = pbx.connects(mobile.far, inner.near);
  pbx.connects(caller, mobile.near);
  pbx.wait(0.05);
  pbx.leaves(inner.far, last);
  pbx.leaves(inner.near, middle);
  pbx.enters(mobile.far, last);
  for (const channel of [inner.near, inner.far]) pbx.hangsUp(channel);
  pbx.leaves(mobile.far, last);
  pbx.enters(caller, last);
  for (const channel of [mobile.near, mobile.far]) pbx.hangsUp(channel);
  pbx.wait(20);
  for (const channel of [caller, outside]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.outcome, row.external_number_raw], ['inbound', 'answered', '6912345678']);
  assert.equal([row.trunk, row.extensions, row.rang], ['mytrunk', [], ['104']]);
  assert.equal([row.ring_seconds, row.duration_seconds, row.segments.length], [6, 20, 1]);
});

test('to a mobile that is busy is what the caller was given, not what the mobile said', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const forward = pair(pbx, '6977000111#', caller);
  const mobile = pbx.dialsOut('mytrunk', '6977000111', forward.far);
  pbx.wait(4);
  pbx.hangsUp(mobile, 17, 486);
  for (const channel of [forward.near, forward.far]) pbx.hangsUp(channel, 17);
  pbx.hangsUp(caller, 34);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.outcome, row.trunk, row.ring_seconds], ['inbound', 'missed', 'mytrunk', 4]);
});

test('by a phone that redirects it (302) is answered by whoever took it, and the phone has rung', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(1);
  pbx.says('DialEnd', [
    ['', caller],
    ['Dest', phone],
  ]);
  pbx.hangsUp(phone);
  const redirected = pair(pbx, '103', caller);
  const target = pbx.rings('103', redirected.far);
  pbx.wait(2);
  pbx.connects(redirected.far, target);
  pbx.connects(caller, redirected.near);
  pbx.wait(5);
  for (const channel of [caller, redirected.near, redirected.far, target]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.rang, row.ring_seconds, row.duration_seconds], [['103'], ['101', '103'], 3, 5]);
});

test('to agents of a queue one after the other is one call, rung until the last of them answers', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  for (const agent of ['103', '104']) {
    const member = pair(pbx, `${agent}@from-queue`, caller);
    const phone = pbx.rings(agent, member.far);
    pbx.wait(15);
    for (const channel of [phone, member.near, member.far]) pbx.hangsUp(channel, 19);
  }
  const member = pair(pbx, '103@from-queue', caller);
  const phone = pbx.rings('103', member.far);
  pbx.wait(2);
  pbx.connects(member.far, phone);
  pbx.connects(caller, member.near);
  pbx.wait(9);
  for (const channel of [caller, member.near, member.far, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.rang, row.ring_seconds, row.duration_seconds], [['103'], ['103', '104'], 32, 9]);
});

test('to a group with a number outside is answered by that number when its phone is picked up first', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const member = pair(pbx, '6977000105#', caller);
  const outside = pbx.dialsOut('mytrunk', '6977000105', member.far);
  pbx.wait(5);
  pbx.connects(member.far, outside);
  pbx.hangsUp(phone, 26);
  pbx.connects(caller, member.near);
  pbx.wait(7);
  for (const channel of [caller, member.near, member.far, outside]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.outcome, row.extensions, row.rang], ['inbound', 'answered', [], ['101']]);
  assert.equal([row.ring_seconds, row.duration_seconds], [5, 7]);
});

test('that was picked up from a queue is answered by who picked it up', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const member = pair(pbx, '103@from-queue', caller);
  const phone = pbx.rings('103', member.far);
  pbx.wait(4);
  const picker = pbx.phoneDials('102', '**103');
  pbx.answers(picker);
  pbx.says('Pickup', [
    ['', picker],
    ['Target', phone],
  ]);
  pbx.hangsUp(phone, 26);
  pbx.connects(member.far, picker);
  pbx.connects(caller, member.near);
  pbx.wait(6);
  for (const channel of [caller, member.near, member.far, picker]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.extensions, row.rang], [caller.uniqueid, ['102'], ['103']]);
  assert.equal([row.ring_seconds, row.duration_seconds], [4, 6]);
});

test.run();

/** A Local channel in a call: the half that is dialled, and the half that dials on. */
function pair(pbx: ScenarioPbx, to: string, call: ScenarioChannel): { near: ScenarioChannel; far: ScenarioChannel } {
  const name = `Local/${to.includes('@') ? to : `${to}@from-internal`}-${pbx.facts.length.toString(16).padStart(8, '0')}`;
  return { near: pbx.localHalf(`${name};1`, call.linkedid), far: pbx.localHalf(`${name};2`, call.linkedid) };
}
