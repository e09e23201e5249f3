import * as assert from 'uvu/assert';
import { fold, onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the direction of a call');

/** A call that came in through `endpoint` and was answered by `phone`. */
function answeredBy(endpoint: string, phone: string, context = 'from-pstn'): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn(endpoint, { context });
  const called = pbx.called(phone, caller, { context: 'from-internal', number: phone.split('/')[1] });
  pbx.connects(caller, called);
  pbx.wait(3);
  for (const channel of [caller, called]) pbx.hangsUp(channel);
  return pbx;
}

const NAMES: readonly [trunk: string, phone: string, trunkName: string, extension: string][] = [
  ['PJSIP/mytrunk', 'PJSIP/101', 'mytrunk', '101'],
  ['PJSIP/voip-gr', 'PJSIP/sales-desk', 'voip-gr', 'sales-desk'],
  ['PJSIP/302101234567', 'PJSIP/2101', '302101234567', '2101'],
  ['PJSIP/2101', 'SIP/2101', '2101', '2101'],
  ['IAX2/provider', 'DAHDI/4', 'provider', '4'],
  ['DAHDI/i1/6912345678', 'SCCP/101', 'i1', '101'],
];
for (const [trunk, phone, trunkName, extension] of NAMES) {
  test(`is inbound when a channel of the trunk ${trunk} comes in, whatever it looks like`, () => {
    const row = onlyRow(answeredBy(trunk, phone));
    assert.equal([row.direction, row.trunk, row.extensions], ['inbound', trunkName, [extension]]);
  });
}

test('is inbound from any context that is no phone’s, and from trunks named in the rules', () => {
  assert.is(onlyRow(answeredBy('PJSIP/mytrunk', 'PJSIP/101', 'from-my-provider')).direction, 'inbound');
  const pbx = answeredBy('PJSIP/gateway', 'PJSIP/101', 'from-internal');
  assert.equal(fold(pbx).entries, []);
  assert.is(onlyRow(pbx, { rules: { trunk_names: ['gate*'] } }).direction, 'inbound');
});

test('is outbound when a trunk was dialled for a phone; what was typed and what was sent are kept apart', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '96945556678');
  phone.number = '2101234567';
  const trunk = pbx.dialsOut('mytrunk', '6945556678', phone);
  pbx.wait(3);
  pbx.connects(phone, trunk);
  pbx.wait(5);
  for (const channel of [phone, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.dialled, row.external_number_raw], ['outbound', '96945556678', '6945556678']);
  assert.equal([row.external_number, row.extensions, row.did], ['+306945556678', ['101'], null]);
});

test('is told by a channel that rings in after it was opened as Down, as those of chan_sip are', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('SIP/mytrunk', { state: 0 });
  pbx.ringsIn(caller);
  pbx.hangsUp(caller);
  const phone = pbx.comesIn('SIP/101', { state: 0, context: 'from-internal', exten: '96945556678', number: '101' });
  pbx.ringsIn(phone);
  const trunk = pbx.called('SIP/mytrunk', phone, { context: 'from-trunk-sip-mytrunk' }, 'mytrunk/6945556678');
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  assert.equal(
    fold(pbx).entries.map((row) => [row.direction, row.external_number_raw, row.did ?? row.dialled]),
    [
      ['inbound', '6912345678', '2101234567'],
      ['outbound', '6945556678', '96945556678'],
    ],
  );
});

test('is outbound for a click-to-call, which rings outside from its own dialling on', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.originates('101');
  pbx.wait(7);
  pbx.answers(phone);
  const trunk = pbx.dialsOut('mytrunk', '6945556678', phone);
  pbx.wait(4);
  pbx.connects(phone, trunk);
  pbx.wait(5);
  for (const channel of [phone, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.ring_seconds, row.dialled], ['outbound', 4, '6945556678']);
});

test('leaves out a click-to-call whose own phone never answered: nobody outside was dialled', () => {
  const pbx = new ScenarioPbx();
  pbx.hangsUp(pbx.originates('101'), 19);
  const { entries, current, open } = fold(pbx);
  assert.equal([entries, current, open], [[], [], false]);
});

test('is internal without a trunk, and then logged only if the rules say so', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.phoneDials('101', '102');
  const called = pbx.rings('102', caller);
  pbx.wait(2);
  pbx.connects(caller, called);
  assert.equal(fold(pbx).current, []);
  pbx.wait(5);
  for (const channel of [caller, called]) pbx.hangsUp(channel);
  assert.equal(fold(pbx).entries, []);
  const row = onlyRow(pbx, { rules: { log_internal: true } });
  assert.equal([row.direction, row.dialled, row.external_number_raw, row.trunk], ['internal', '102', null, null]);
  assert.equal([row.outcome, row.extensions, row.duration_seconds], ['answered', ['101', '102'], 5]);
});

test('is told in the middle of a call, when no opening was heard', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '96945556678');
  phone.number = '2101234567';
  const trunk = pbx.dialsOut('mytrunk', '6945556678', phone);
  const bridge = pbx.connects(phone, trunk);
  pbx.facts.splice(0);
  pbx.wait(60);
  for (const channel of [phone, trunk]) pbx.leaves(channel, bridge);
  for (const channel of [phone, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.external_number_raw, row.trunk], ['outbound', '6945556678', 'mytrunk']);
  assert.equal([row.extensions, row.dialled], [['101'], null]);
});

test('takes the prefix of an outside line off what was typed, where nobody heard what was sent', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '96945556678');
  const trunk = pbx.called('DAHDI/1', phone, { context: 'from-pstn' });
  for (const channel of [phone, trunk]) pbx.hangsUp(channel);
  const row = onlyRow(pbx, { rules: { outside_line_prefixes: ['9', '0'] } });
  assert.equal([row.external_number_raw, row.dialled], ['6945556678', '96945556678']);
});

test.run();
