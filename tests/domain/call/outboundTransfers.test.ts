import * as assert from 'uvu/assert';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('an outbound call that is transferred');

test('by its caller to another phone lives on with the outside party, under the id of the caller’s channel', () => {
  const { pbx, phone, trunk, bridge } = talking();
  blindly(pbx, phone, trunk, bridge);
  const other = pbx.rings('102', trunk);
  pbx.wait(3);
  pbx.connects(trunk, other);
  pbx.wait(6);
  for (const channel of [other, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.direction, row.dialled], [phone.uniqueid, 'outbound', '6945556677']);
  assert.equal([row.external_number_raw, row.extensions, row.rang], ['6945556677', ['101', '102'], ['102']]);
  assert.equal([row.ring_seconds, row.duration_seconds], [2, 13]);
});

test('is still outbound when the transfer shows its trunk in the state of the channel whose place it takes', () => {
  const { pbx, phone, trunk, bridge } = talking();
  const consultation = pbx.phoneDials('101', '103');
  const target = pbx.rings('103', consultation);
  pbx.transfers(phone, consultation, { ...trunk, state: consultation.state }, target);
  for (const channel of [phone, trunk]) pbx.leaves(channel, bridge);
  for (const channel of [phone, consultation]) pbx.hangsUp(channel);
  pbx.wait(3);
  pbx.connects(trunk, target);
  pbx.wait(4);
  for (const channel of [trunk, target]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.dialled, row.extensions], ['outbound', '6945556677', ['101', '103']]);
});

test('is still outbound when nobody heard it begin: that its trunk calls the next phone makes it no caller', () => {
  const { pbx, phone, trunk, bridge } = talking();
  pbx.facts.splice(0);
  blindly(pbx, phone, trunk, bridge);
  const other = pbx.rings('102', trunk);
  pbx.connects(trunk, other);
  pbx.wait(6);
  for (const channel of [other, trunk]) pbx.hangsUp(channel);
  pbx.say('Cdr', { Channel: trunk.name, UniqueID: trunk.uniqueid, Disposition: 'ANSWERED' });
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.direction, row.did], [phone.uniqueid, 'outbound', null]);
  assert.equal([row.external_number_raw, row.extensions], ['6945556677', ['101', '102']]);
  assert.equal(row.incomplete, ['start_not_heard']);
});

test('to another outside number stays the first one’s', () => {
  const { pbx, phone, trunk, bridge } = talking();
  blindly(pbx, phone, trunk, bridge);
  const second = pbx.dialsOut('voip-gr', '6977000111', trunk);
  pbx.wait(3);
  pbx.connects(trunk, second);
  pbx.wait(6);
  for (const channel of [second, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.external_number_raw, row.trunk, row.extensions], ['6945556677', 'mytrunk', ['101']]);
  assert.equal([row.dialled, row.duration_seconds], ['6945556677', 13]);
});

test('after a consultation is one call with both phones', () => {
  const { pbx, phone, trunk, bridge } = talking();
  const consultation = pbx.phoneDials('101', '103');
  const target = pbx.rings('103', consultation);
  pbx.wait(1);
  const second = pbx.connects(consultation, target);
  pbx.wait(2);
  pbx.leaves(trunk, bridge);
  pbx.leaves(consultation, second);
  pbx.enters(trunk, second);
  pbx.transfers(phone, consultation, trunk, target);
  for (const channel of [phone, consultation]) pbx.hangsUp(channel);
  pbx.wait(5);
  for (const channel of [trunk, target]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.dialled, row.extensions], [phone.uniqueid, '6945556677', ['101', '103']]);
  assert.equal([row.ring_seconds, row.duration_seconds], [2, 12]);
});

test('to a customer who had called in leaves that one a row of its own', () => {
  const { pbx, phone, trunk, bridge } = talking();
  const caller = pbx.comesIn('PJSIP/mytrunk', { number: '6900000002' });
  const ringing = pbx.rings('101', caller);
  pbx.wait(2);
  const second = pbx.connects(caller, ringing);
  pbx.wait(3);
  pbx.leaves(trunk, bridge);
  pbx.leaves(ringing, second);
  pbx.enters(trunk, second);
  pbx.transfers(phone, ringing, trunk, caller);
  for (const channel of [phone, ringing]) pbx.hangsUp(channel);
  pbx.wait(7);
  for (const channel of [caller, trunk]) pbx.hangsUp(channel);
  assert.equal(
    fold(pbx).entries.map((row) => [row.direction, row.external_number_raw, row.extensions, row.duration_seconds]),
    [
      ['outbound', '6945556677', ['101'], 16],
      ['inbound', '6900000002', ['101'], 10],
    ],
  );
});

test.run();

/** 101 has called 6945556677, which answered after 2 s, 4 s ago. */
function talking(): { pbx: ScenarioPbx; phone: ScenarioChannel; trunk: ScenarioChannel; bridge: string } {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '6945556677');
  const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
  pbx.wait(2);
  const bridge = pbx.connects(phone, trunk);
  pbx.wait(4);
  return { pbx, phone, trunk, bridge };
}

function blindly(pbx: ScenarioPbx, by: ScenarioChannel, transferee: ScenarioChannel, bridge: string): void {
  pbx.says('BlindTransfer', [
    ['Transferer', by],
    ['Transferee', transferee],
  ]);
  for (const channel of [transferee, by]) pbx.leaves(channel, bridge);
  pbx.hangsUp(by);
}
