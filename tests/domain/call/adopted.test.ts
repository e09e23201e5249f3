import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a call that began before the PBX was listened to');

const at = (seconds: number) => ((START + seconds) * 1_000_000) as Micros;

const connected: Connection = {
  pbx: 'pbx',
  session: 0,
  connectedAt: at(20),
  disconnectedAt: null,
  lastHeardAt: null,
  pbxWentDown: false,
  reason: null,
  listedAt: at(20),
};

type Call = { pbx: ScenarioPbx; trunk: ScenarioChannel; phone: ScenarioChannel; bridge: string };

/** In progress for 20 s when the list of channels comes. */
function inbound({ answered = true } = {}): Call {
  const pbx = new ScenarioPbx();
  const trunk = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', trunk);
  const bridge = answered ? pbx.connects(trunk, phone) : '';
  return unheard({ pbx, trunk, phone, bridge });
}

function outbound(): Call {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '96945556678');
  const trunk = pbx.dialsOut('mytrunk', '6945556678', phone);
  const bridge = pbx.connects(phone, trunk);
  return unheard({ pbx, trunk, phone, bridge });
}

function unheard(call: Call): Call {
  call.pbx.facts.splice(0);
  call.pbx.wait(20);
  return call;
}

/** Its channels as `Status` lists them. */
function lists({ pbx, trunk, phone, bridge }: Call, dialled: string, caller: ScenarioChannel = trunk): void {
  for (const channel of [trunk, phone]) {
    const called = channel === caller ? { DNID: dialled, Application: 'Dial' } : { DNID: '', Application: 'AppDial' };
    pbx.say('ChannelSeen', { ...pbx.viewOf(channel), Event: 'Status', ...called, BridgeID: bridge, Seconds: '20' });
  }
}

test('is in progress at once, with its begin, its number, our number and who talks', () => {
  const call = inbound();
  lists(call, '2101234567');
  const { current, entries } = fold(call.pbx, { connections: [connected] });
  assert.is(entries.length, 0);
  const [one] = current;
  assert.equal([one?.direction, one?.state, one?.occurred_at], ['inbound', 'talking', toRfc3339(at(0))]);
  assert.equal([one?.external_number, one?.did, one?.extensions], ['+306912345678', '2101234567', ['101']]);
  assert.is(one?.answered_at, null, 'a list does not tell when');
});

test('that rings is shown with whom it rings at', () => {
  const call = inbound({ answered: false });
  lists(call, '2101234567');
  const [one] = fold(call.pbx, { connections: [connected] }).current;
  assert.equal([one?.state, one?.rang, one?.extensions], ['ringing', ['101'], []]);
});

test('and went out has what was typed and what was sent', () => {
  const call = outbound();
  lists(call, '96945556678', call.phone);
  const [one] = fold(call.pbx, { connections: [connected] }).current;
  assert.equal([one?.direction, one?.state, one?.extensions], ['outbound', 'talking', ['101']]);
  assert.equal([one?.dialled, one?.external_number_raw], ['96945556678', '6945556678']);
});

test('says in its row that its start was not heard, and has the answer from the record that is heard at its end', () => {
  const call = inbound();
  lists(call, '2101234567');
  call.pbx.wait(10);
  for (const channel of [call.trunk, call.phone]) call.pbx.leaves(channel, call.bridge);
  const bare = ends(call);
  assert.equal([bare.answered_at, bare.duration_seconds], [null, null]);
  assert.equal([bare.ended_at, bare.did], [toRfc3339(at(30)), '2101234567']);
  assert.equal(bare.incomplete, ['start_not_heard']);
  call.pbx.say('Cdr', record(call, { start: 0, answer: 7, end: 30 }));
  const row = onlyRow(call.pbx, { connections: [connected] });
  assert.equal([row.answered_at, row.duration_seconds, row.ring_seconds], [toRfc3339(at(7)), 23, 7]);
  assert.equal(row.incomplete, ['start_not_heard', 'filled_from_records']);
});

test('begins by our clock, also where that of the PBX shows another time', () => {
  const call = inbound();
  lists(call, '2101234567');
  const clock = [{ at: at(20), offset: -3_600_000_000 }];
  const [one] = fold(call.pbx, { connections: [{ ...connected, clock }] }).current;
  assert.is(one?.occurred_at, toRfc3339(at(3600)));
});

test('is with whom the list shows it after a gap in which it was put through', () => {
  const pbx = new ScenarioPbx();
  const trunk = pbx.comesIn('PJSIP/mytrunk');
  const first = pbx.rings('101', trunk);
  pbx.wait(5);
  pbx.connects(trunk, first);
  pbx.wait(15);
  pbx.reconnects();
  const second = new ScenarioPbx().rings('102', trunk);
  const phone = { ...second, name: 'PJSIP/102-000000ff', uniqueid: `${START + 12}.99`, state: 6 };
  lists({ pbx, trunk, phone, bridge: 'another' }, '2101234567');
  const lost = { ...connected, connectedAt: at(-1), listedAt: null, disconnectedAt: at(10), lastHeardAt: at(10) };
  const { current } = fold(pbx, { connections: [lost, { ...connected, session: 1 }] });
  assert.equal([current[0]?.state, current[0]?.extensions], ['talking', ['101', '102']]);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx, { connections: [lost, { ...connected, session: 1 }] });
  assert.equal([row.answered_at, row.duration_seconds], [toRfc3339(at(5)), 15]);
  const [one, other] = row.segments;
  assert.equal([one?.party, one?.from, one?.to], ['101', toRfc3339(at(5)), null]);
  assert.equal([other?.party, other?.from, other?.to], ['102', null, toRfc3339(at(20))]);
});

test.run();

function ends({ pbx, trunk, phone }: Call) {
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  return onlyRow(pbx, { connections: [connected] });
}

function record({ trunk, phone }: Call, when: { start: number; answer: number; end: number }): Record<string, string> {
  const text = (seconds: number) => toRfc3339(at(seconds)).slice(0, 19).replace('T', ' ');
  return {
    Channel: trunk.name,
    DestinationChannel: phone.name,
    DestinationContext: 'from-did-direct',
    Source: '6912345678',
    UniqueID: trunk.uniqueid,
    LastApplication: 'Dial',
    LastData: 'PJSIP/101/sip:101@127.0.0.101:5060,,Hht',
    StartTime: text(when.start),
    AnswerTime: text(when.answer),
    EndTime: text(when.end),
    Disposition: 'ANSWERED',
  };
}
