import * as assert from 'uvu/assert';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the extension of a channel is who the PBX says it is');

/** A call that comes in and rings phones (endpoint, number that it shows, dial string); the last one answers. */
function rings(exten: string, ...phones: readonly (readonly [string, string, string?])[]): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.goesTo(caller, 'dialplan', exten);
  const called = phones.map(([endpoint, number, dialString]) => ring(pbx, caller, endpoint, number, dialString));
  const last = called.at(-1);
  if (last) pbx.connects(caller, last);
  pbx.wait(5);
  for (const channel of [...called, caller]) pbx.hangsUp(channel);
  return pbx;
}

function ring(pbx: ScenarioPbx, by: ScenarioChannel, endpoint: string, number: string, dialString?: string) {
  const phone = pbx.called(endpoint, by, { context: 'from-internal', number }, dialString ?? endpoint.split('/')[1]);
  phone.state = 5;
  pbx.say('Newstate', pbx.viewOf(phone));
  return phone;
}

const SAYS: readonly [endpoint: string, number: string, dialString: string, extension: string][] = [
  ['PJSIP/99101', '101', '99101/sip:99101@10.0.0.5', '101'],
  ['PJSIP/201-WS', '201', '201-WS/sip:x7f3@10.0.0.5', '201'],
  ['DAHDI/7', '112', '7', '112'],
  ['IAX2/branch', '305', 'branch', '305'],
  ['PJSIP/2001', '101', '2001/sip:2001@10.0.0.5', '101'],
  ['PJSIP/bob', '6912345678', '202/sip:202@10.0.0.5', '202'],
  ['PJSIP/bob', '6912345678', 'bob', 'bob'],
];
for (const [endpoint, number, dialString, extension] of SAYS) {
  test(`${endpoint} that shows ${number} and was dialled as ${dialString} is ${extension}; its leg names the endpoint`, () => {
    const row = onlyRow(rings('s', [endpoint, number, dialString]));
    assert.equal([row.extensions, row.rang, row.segments[0]?.party], [[extension], [extension], extension]);
    assert.is(row.legs.at(-1)?.party, endpoint.split('/')[1]);
  });
}

test('two devices of one extension ring as one', () => {
  const row = onlyRow(rings('101', ['PJSIP/101', '101'], ['PJSIP/99101', '101']));
  assert.equal([row.rang, row.extensions], [['101'], ['101']]);
});

test('the number of a ring group is no phone’s', () => {
  const row = onlyRow(rings('600', ['PJSIP/101', '600'], ['PJSIP/anna', '600']));
  assert.equal([row.rang, row.extensions], [['101', 'anna'], ['anna']]);
});

test('the number of a queue is no phone’s, nor is what a caller outside has dialled', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk', { exten: '2345' });
  const direct = ring(pbx, caller, 'PJSIP/anna', '2345');
  pbx.goesTo(caller, 'queues', '700');
  const agent = ring(pbx, caller, 'PJSIP/bob', '700');
  pbx.says('AgentCalled', [
    ['', caller],
    ['Dest', agent],
  ]);
  pbx.connects(caller, agent);
  pbx.wait(5);
  for (const channel of [direct, agent, caller]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.rang, row.extensions], [['anna', 'bob'], ['bob']]);
});

test('a phone behind a Local channel is the extension that was dialled there, where it shows none itself', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const one = pbx.localHalf('Local/103@from-queue-00000001;1', caller.linkedid);
  const two = pbx.localHalf('Local/103@from-queue-00000001;2', caller.linkedid);
  pbx.says('LocalBridge', [
    ['LocalOne', one],
    ['LocalTwo', two],
  ]);
  const phone = ring(pbx, two, 'PJSIP/carol', '6912345678', 'carol');
  pbx.connects(caller, phone);
  pbx.wait(5);
  for (const channel of [phone, two, one, caller]) pbx.hangsUp(channel);
  assert.equal(onlyRow(pbx).extensions, ['103']);
});

test('a click-to-call phone that shows the customer’s number is the extension that it shows later, else its endpoint', () => {
  for (const [later, extension] of [
    ['201', '201'],
    ['6945556678', 'cc800'],
  ] as const) {
    const pbx = new ScenarioPbx();
    const phone = pbx.originates('cc800');
    phone.number = '6945556678';
    pbx.answers(phone);
    phone.number = later;
    const trunk = pbx.dialsOut('mytrunk', '6945556678', phone);
    pbx.connects(phone, trunk);
    pbx.wait(5);
    for (const channel of [trunk, phone]) pbx.hangsUp(channel);
    assert.equal(onlyRow(pbx).extensions, [extension]);
  }
});

test('who calls is the extension also where its endpoint is another’s number', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.comesIn('PJSIP/2001', { context: 'from-internal', exten: '102', number: '101' });
  const other = ring(pbx, phone, 'PJSIP/102', '102');
  pbx.connects(phone, other);
  pbx.wait(5);
  for (const channel of [other, phone]) pbx.hangsUp(channel);
  assert.equal(fold(pbx, { rules: { log_internal: true } }).entries[0]?.extensions, ['101', '102']);
});

test.run();
