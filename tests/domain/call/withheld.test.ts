import * as assert from 'uvu/assert';
import { isWithheld } from '../../../src/domain/phone/index.ts';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a caller who does not want to be shown');
const PROHIBITED = '32 (Presentation Prohibited, Not Screened)';
const ALLOWED = '0 (Presentation Allowed, Not Screened)';

type Said = { readonly pbx: ScenarioPbx; readonly caller: ScenarioChannel };

function presents({ pbx, caller }: Said, presentation: string): void {
  pbx.say('NewCallerid', { ...pbx.viewOf(caller), CallerIDName: 'MARIA K', 'CID-CallingPres': presentation });
}

/** A caller on an ISDN line, whose channel has its number in its name. */
function aCall(...presentations: readonly string[]): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('DAHDI/i1/6912345678', { context: 'from-digital', name: 'MARIA K' });
  for (const presentation of presentations) presents({ pbx, caller }, presentation);
  const phone = pbx.rings('101', caller);
  pbx.connects(caller, phone);
  pbx.wait(5);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
  return pbx;
}

/** Neither the number, however it is prefixed, nor the name. */
function showsNobody(value: unknown): boolean {
  return !/12345678|MARIA/.test(JSON.stringify(value));
}

test('has no number and no name anywhere in the row, and is told from one that the PBX does not know', () => {
  const row = onlyRow(aCall(PROHIBITED));
  assert.equal([row.external_number, row.external_number_raw, row.external_name], [null, null, null]);
  assert.is(row.why.external_number?.rule, 'withheld_by_presentation');
  assert.is(row.why.external_name?.rule, 'withheld_by_presentation');
  assert.is(row.outcome, 'answered');
  assert.ok(showsNobody(row), JSON.stringify(row));
});

test('stays so when the PBX allows it again in the next breath', () => {
  assert.ok(showsNobody(onlyRow(aCall(PROHIBITED, ALLOWED))));
});

test('is shown in no call in progress, whatever has been said by then', () => {
  const { facts } = aCall(PROHIBITED);
  for (let length = 1; length < facts.length; length += 1) {
    const { current } = fold(Object.assign(new ScenarioPbx(), { facts: facts.slice(0, length) }));
    for (const call of current) {
      const { external_number_raw, external_name } = call;
      assert.equal([length, external_number_raw, external_name], [length, null, null]);
      assert.ok(showsNobody(call), JSON.stringify(call));
    }
  }
});

test('and every other has no number until the frame after its Newchannel', () => {
  const { facts } = aCall(ALLOWED);
  const numberAfter = (length: number) => {
    const { current } = fold(Object.assign(new ScenarioPbx(), { facts: facts.slice(0, length) }));
    return current.map(({ external_number, external_name }) => [external_number, external_name]);
  };
  assert.equal(numberAfter(1), [[null, null]]);
  assert.equal(numberAfter(2), [['+306912345678', 'MARIA K']]);
});

test('is shown where the rules say so', () => {
  const { facts } = aCall(PROHIBITED);
  const row = onlyRow(Object.assign(new ScenarioPbx(), { facts }), { rules: { show_withheld: true } });
  assert.equal([row.external_number, row.external_name], ['+306912345678', 'MARIA K']);
});

test('is not told by the call records of what was not heard', () => {
  const pbx = aCall(PROHIBITED);
  const [opened] = pbx.facts;
  // the phone's Newchannel was missed
  const facts = pbx.facts.filter((fact) => fact === opened || fact.type !== 'ChannelOpened');
  const record = new ScenarioPbx();
  record.wait(6);
  record.say('Cdr', {
    Channel: opened?.channels[0]?.name ?? '',
    UniqueID: opened?.channels[0]?.uniqueid ?? '',
    Source: '6912345678',
    CallerID: '"MARIA K" <6912345678>',
    Destination: '2101234567',
    DestinationContext: 'from-digital',
    LastApplication: 'Dial',
    Disposition: 'ANSWERED',
  });
  const told = record.facts.map((fact) => ({ ...fact, seq: 1000 }));
  const { entries, current } = fold(Object.assign(new ScenarioPbx(), { facts: [...facts, ...told] }));
  assert.equal([entries.length, current.length], [1, 0]);
  assert.ok(entries[0]?.incomplete.length);
  assert.ok(showsNobody([entries, current]), JSON.stringify(entries));
});

test('of whom a phone says so is none: an outbound call is what was dialled', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', '6912345678');
  const trunk = pbx.dialsOut('mytrunk', '6912345678', phone);
  for (const caller of [phone, trunk]) presents({ pbx, caller }, PROHIBITED);
  pbx.connects(phone, trunk);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  assert.is(onlyRow(pbx).external_number, '+306912345678');
});

const WORDS = [
  'anonymous',
  'Anonymous@anonymous.invalid',
  'sip:anonymous@anonymous.invalid',
  'anonymous.invalid',
  'asterisk',
  'P',
  'O',
  'Blocked',
  'PRIVATE',
  'private number',
  'Unavailable',
  'unavailable@unknown.invalid',
  'Restricted',
  'Unknown',
  'no-caller-id',
  'Out of Area',
  '-',
  '0',
  '000',
  's',
  '',
  '266696687',
  '+86282452253',
];
test('shows a word in its place, as PBXs and providers do', () => {
  for (const word of WORDS) {
    assert.ok(isWithheld(word), word);
    const pbx = new ScenarioPbx();
    pbx.hangsUp(pbx.comesIn('PJSIP/mytrunk', { number: word, name: word }));
    const row = onlyRow(pbx);
    assert.equal([word, row.external_number_raw, row.external_name], [word, null, null]);
  }
  for (const number of ['6912345678', '+306912345678', '101', '00306912345678', 'Maria', 'Otto']) {
    assert.not(isWithheld(number), number);
  }
});

test.run();
