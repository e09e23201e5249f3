import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a call that a program redirects (AMI’s Redirect)');

const at = (seconds: number) => ((START + seconds) * 1_000_000) as Micros;

const connected: Connection = {
  pbx: 'pbx',
  session: 0,
  connectedAt: at(0),
  disconnectedAt: null,
  lastHeardAt: null,
  pbxWentDown: false,
  reason: null,
  listedAt: at(0),
};

type Direction = 'inbound' | 'outbound';
/** From when on it is heard: before the second phone is dialled, while it rings, while it talks; with a list or without. */
type Heard = 'all' | 'from the redirect' | 'from the ringing' | 'from the talk';

/** The outside talks with 101 for 5 s, is sent into the phones' dialplan, where 102 rings for 2 s and talks for 4. */
function redirected(direction: Direction, heard: Heard, { isListed = false, number = '6912345678' } = {}) {
  const pbx = new ScenarioPbx();
  const [trunk, phone] = talking(pbx, direction, number);
  pbx.wait(5);
  for (const channel of [trunk, phone]) pbx.leaves(channel, 'bridge-1');
  pbx.hangsUp(phone);
  pbx.goesTo(trunk, 'from-internal', '102');
  pbx.wait(1);
  if (heard === 'from the redirect') pbx.facts.splice(0);
  const second = pbx.rings('102', trunk);
  pbx.wait(2);
  const cut = (bridge: string) => {
    pbx.facts.splice(0);
    if (!isListed) return;
    const dnid = direction === 'inbound' ? '2101234567' : '';
    pbx.say('ChannelSeen', { ...pbx.viewOf(trunk), Application: 'Dial', DNID: dnid, BridgeID: bridge });
    pbx.say('ChannelSeen', { ...pbx.viewOf(second), Application: 'AppDial', DNID: '', BridgeID: bridge });
  };
  if (heard === 'from the ringing') cut('');
  pbx.connects(trunk, second);
  pbx.wait(4);
  if (heard === 'from the talk') cut('bridge-2');
  for (const channel of [trunk, second]) pbx.leaves(channel, 'bridge-2');
  for (const channel of [second, trunk]) pbx.hangsUp(channel);
  pbx.say('Cdr', record(trunk, second));
  return { pbx, trunk, row: onlyRow(pbx, { connections: [connected] }) };
}

function talking(pbx: ScenarioPbx, direction: Direction, number: string): [ScenarioChannel, ScenarioChannel] {
  if (direction === 'inbound') {
    const trunk = pbx.comesIn('PJSIP/mytrunk', { number });
    const phone = pbx.rings('101', trunk);
    pbx.connects(trunk, phone);
    return [trunk, phone];
  }
  const phone = pbx.phoneDials('101', number);
  const trunk = pbx.dialsOut('mytrunk', number, phone);
  pbx.connects(phone, trunk);
  return [trunk, phone];
}

/** The PBX writes where the dialplan of the redirected channel was. */
function record({ name, uniqueid, number }: ScenarioChannel, called: ScenarioChannel): Record<string, string> {
  const text = (seconds: number) => toRfc3339(at(seconds)).slice(0, 19).replace('T', ' ');
  return {
    Channel: name,
    DestinationChannel: called.name,
    DestinationContext: 'from-internal',
    Source: number,
    Destination: '102',
    UniqueID: uniqueid,
    LastApplication: 'Dial',
    LastData: 'PJSIP/102/sip:102@127.0.0.102:5060,,Hht',
    StartTime: text(5),
    AnswerTime: text(8),
    EndTime: text(12),
    Disposition: 'ANSWERED',
  };
}

function who({ direction, outcome, external_number, extensions }: CallEntry) {
  return { direction, outcome, external_number, extensions };
}

for (const direction of ['inbound', 'outbound'] as const) {
  test(`is one call with who spoke before and after (${direction})`, () => {
    const { row } = redirected(direction, 'all');
    const expected = { direction, outcome: 'answered', external_number: '+306912345678', extensions: ['101', '102'] };
    assert.equal(who(row), expected);
    assert.equal([row.duration_seconds, row.incomplete], [12, []]);
  });

  for (const heard of ['from the redirect', 'from the ringing', 'from the talk'] as const) {
    for (const isListed of [false, true]) {
      test(`has a row that says so where it is heard ${heard} (${direction}, ${isListed ? 'listed' : 'not listed'})`, () => {
        const { row, trunk } = redirected(direction, heard, { isListed });
        const expected = { direction, outcome: 'answered', external_number: '+306912345678', extensions: ['102'] };
        assert.equal(who(row), expected);
        assert.equal([row.incomplete, row.trunk], [['start_not_heard'], 'mytrunk']);
        assert.is(row.why.legs?.rule, 'guessed', trunk.name);
      });
    }
  }
}

test('has a row also where the caller is not shown', () => {
  for (const number of ['<unknown>', 'anonymous']) {
    const { row } = redirected('inbound', 'from the talk', { number });
    assert.equal([row.direction, row.external_number_raw, row.extensions], ['inbound', null, ['102']]);
  }
});

test('of phones among themselves has no row, wherever it is heard from', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.phoneDials('101', '102');
  const called = pbx.rings('102', caller);
  pbx.connects(caller, called);
  pbx.facts.splice(0);
  pbx.wait(4);
  for (const channel of [called, caller]) pbx.hangsUp(channel);
  pbx.say('Cdr', record(caller, called));
  assert.equal(fold(pbx, { connections: [connected] }).entries, []);
});

test.run();
