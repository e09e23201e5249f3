import * as assert from 'uvu/assert';
import { onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what is known only after the channel was opened');

const ON_A_LINE = { state: 9, context: 'from-analog', exten: '', number: '<unknown>' };

test('is the caller’s number, which an analog line tells with the second ring', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/4', ON_A_LINE);
  pbx.wait(3);
  caller.number = '6912345678';
  pbx.say('NewCallerid', { ...pbx.viewOf(caller), CallerIDName: 'MARIA K' });
  caller.exten = 's';
  pbx.ringsIn(caller);
  const phone = pbx.rings('101', caller);
  pbx.connects(caller, phone);
  pbx.wait(5);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.external_number, row.external_name, row.did], ['+306912345678', 'MARIA K', null]);
});

test('but nothing that the dialplan makes of a number that was withheld', () => {
  for (const [context, Priority] of [
    ['from-pstn', '3'],
    ['ext-did', '1'],
  ] as const) {
    const pbx = new ScenarioPbx();
    const caller = pbx.comesIn('PJSIP/mytrunk', { number: '<unknown>' });
    caller.number = '2100000000';
    pbx.goesTo(caller, context, '2101234567');
    pbx.say('NewCallerid', { ...pbx.viewOf(caller), Priority });
    pbx.say('Hangup', { ...pbx.viewOf(caller), Priority, Cause: '16' });
    assert.is(onlyRow(pbx).external_number_raw, null);
  }
});

test('is what a phone dials that is lifted first', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.comesIn('DAHDI/7', { state: 1, context: 'from-internal', exten: '', number: '112' });
  pbx.wait(6);
  phone.exten = '6945556677';
  pbx.ringsIn(phone);
  pbx.goesTo(phone, 'macro-dialout-trunk', 's');
  const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
  pbx.connects(phone, trunk);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  assert.equal([onlyRow(pbx).direction, onlyRow(pbx).dialled], ['outbound', '6945556677']);
});

test('are the digits that come one by one, in and out', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/i1/6912345678', { state: 1, context: 'from-digital', exten: '210' });
  for (const exten of ['21012', '2101234567']) {
    pbx.wait(1);
    caller.exten = exten;
    pbx.say('NewCallerid', pbx.viewOf(caller));
  }
  pbx.ringsIn(caller);
  pbx.goesTo(caller, 'from-digital', 's');
  pbx.answers(caller);
  pbx.hangsUp(caller);
  assert.is(onlyRow(pbx).did, '2101234567');
});

test.run();
