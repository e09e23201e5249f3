import * as assert from 'uvu/assert';
import { fold, onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a transferred call');

test('stays the customer’s, its consultation belongs to it', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const first = pbx.connects(caller, phone);
  pbx.wait(4);
  const consultation = pbx.phoneDials('101', '103');
  const target = pbx.rings('103', consultation);
  const second = pbx.connects(consultation, target);
  pbx.wait(3);
  pbx.leaves(caller, first);
  pbx.leaves(consultation, second);
  pbx.enters(caller, second);
  pbx.transfers(phone, consultation, caller, target);
  for (const channel of [phone, consultation]) pbx.hangsUp(channel);
  pbx.wait(5);
  for (const channel of [caller, target]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.extensions, row.duration_seconds], [caller.uniqueid, ['101', '103'], 12]);
  assert.equal(
    row.segments.map(({ party }) => party),
    ['101', '103'],
  );
});

test('to a phone that still rings (blonde) is answered by both', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const first = pbx.connects(caller, phone);
  pbx.wait(4);
  const consultation = pbx.phoneDials('101', '103');
  const target = pbx.rings('103', consultation);
  pbx.leaves(caller, first);
  pbx.transfers(phone, consultation, caller, target);
  for (const channel of [phone, consultation]) pbx.hangsUp(channel);
  pbx.wait(6);
  pbx.says('DialEnd', [
    ['', caller],
    ['Dest', target],
  ]);
  pbx.connects(caller, target);
  pbx.wait(5);
  for (const channel of [caller, target]) pbx.hangsUp(channel);
  assert.equal(onlyRow(pbx).extensions, ['101', '103']);
});

test('to an outside number does not become an outbound call', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const first = pbx.connects(caller, phone);
  pbx.wait(4);
  pbx.leaves(caller, first);
  pbx.hangsUp(phone);
  const mobile = pbx.dialsOut('mytrunk', '6977123456', caller);
  pbx.wait(2);
  pbx.connects(caller, mobile);
  pbx.wait(4);
  for (const channel of [caller, mobile]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.external_number_raw, row.duration_seconds], ['inbound', '6912345678', 10]);
});

test('of two customers who are put through to each other stays two calls, each with its own end', () => {
  const pbx = new ScenarioPbx();
  const one = pbx.comesIn('PJSIP/mytrunk', { number: '6900000001' });
  const phone = pbx.rings('101', one);
  const first = pbx.connects(one, phone);
  pbx.wait(10);
  const other = pbx.comesIn('PJSIP/mytrunk', { number: '6900000002' });
  const again = pbx.rings('101', other);
  pbx.wait(2);
  const second = pbx.connects(other, again);
  pbx.wait(5);
  pbx.leaves(one, first);
  pbx.leaves(again, second);
  pbx.enters(one, second);
  pbx.transfers(phone, again, one, other);
  for (const channel of [phone, again]) pbx.hangsUp(channel);
  pbx.wait(20);
  pbx.hangsUp(one);
  pbx.wait(1);
  pbx.hangsUp(other);
  assert.equal(
    fold(pbx).entries.map((row) => [
      row.ext_message_id,
      row.external_number_raw,
      row.ring_seconds,
      row.duration_seconds,
    ]),
    [
      [one.uniqueid, '6900000001', 0, 37],
      [other.uniqueid, '6900000002', 2, 26],
    ],
  );
});

test('has the id of its oldest channel, also when that was an internal call', () => {
  const pbx = new ScenarioPbx();
  const inside = pbx.phoneDials('105', '101');
  const phone = pbx.rings('101', inside);
  const first = pbx.connects(inside, phone);
  pbx.wait(30);
  const consultation = pbx.phoneDials('101', '96945556678');
  const outside = pbx.dialsOut('mytrunk', '6945556678', consultation);
  pbx.wait(5);
  const second = pbx.connects(consultation, outside);
  pbx.wait(5);
  pbx.leaves(inside, first);
  pbx.leaves(consultation, second);
  pbx.enters(inside, second);
  pbx.transfers(phone, consultation, inside, outside);
  for (const channel of [phone, consultation]) pbx.hangsUp(channel);
  pbx.wait(5);
  for (const channel of [inside, outside]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.ext_message_id, row.direction, row.dialled], [inside.uniqueid, 'outbound', '96945556678']);
  assert.equal([row.external_number_raw, row.extensions], ['6945556678', ['101', '105']]);
  assert.equal([row.ring_seconds, row.duration_seconds], [5, 10]);
});

test('that was parked and fetched is one call', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const first = pbx.connects(caller, phone);
  pbx.wait(3);
  pbx.leaves(caller, first);
  pbx.enters(caller, 'lot', 'parking', 'holding_bridge');
  pbx.hangsUp(phone);
  pbx.wait(30);
  const fetcher = pbx.phoneDials('102', '71');
  pbx.answers(fetcher);
  pbx.says('UnParkedCall', [
    ['Parkee', caller],
    ['Retriever', fetcher],
  ]);
  pbx.connects(caller, fetcher);
  pbx.wait(4);
  for (const channel of [caller, fetcher]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.extensions, row.duration_seconds, row.segments.length], [['101', '102'], 37, 2]);
});

test.run();
