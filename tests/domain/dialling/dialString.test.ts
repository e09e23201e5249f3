import * as assert from 'uvu/assert';
import { dialStringOf } from '../../../src/domain/dialling/dialString.ts';
import { originationOf, originationSchema, phonesAt } from '../../../src/domain/dialling/origination.ts';
import { changedSettingsSchema, DEFAULT_SETTINGS, settingsAcceptedSchema } from '../../../src/domain/settings.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what is dialled for somebody');
const GREEK = { country: 'GR', extensionPatterns: ['XXX', '*9X'] };
const NATIONAL = { number_form: 'national', prefix: '' } as const;
const SETTINGS = DEFAULT_SETTINGS.click_to_call;

test('is a number as the country of the rules dials it, or in its whole form, behind the outside line', () => {
  const forms: Record<string, [string, string]> = {
    '+30 691 234 5678': ['6912345678', '+306912345678'],
    6912345678: ['6912345678', '+306912345678'],
    '0044 20 7946 0958': ['00442079460958', '+442079460958'],
    '+1 (212) 555-0100': ['0012125550100', '+12125550100'],
  };
  for (const [written, [national, e164]] of Object.entries(forms)) {
    assert.is(dialStringOf(written, GREEK, NATIONAL), national, written);
    assert.is(dialStringOf(written, GREEK, { number_form: 'e164', prefix: '9' }), `9${e164}`, written);
  }
  assert.is(dialStringOf('020 7946 0958', { country: 'GB', extensionPatterns: [] }, NATIONAL), '02079460958');
  assert.is(dialStringOf('+306912345678', { country: null, extensionPatterns: [] }, NATIONAL), '+306912345678');
});

test('is an extension as it is, without the outside line', () => {
  for (const extension of ['101', '*97']) {
    assert.is(dialStringOf(extension, GREEK, { number_form: 'national', prefix: '9' }), extension);
  }
});

test('is nothing but digits and + * #, whatever is written', () => {
  const odd = [
    '',
    '12',
    'anna',
    '6912345678&PJSIP/102',
    '6912345678,1,System(id)',
    '6912345678\r\nAction: Command',
    '+30691234567',
    '101@from-internal',
    '101&102',
    '٦٩١٢٣٤٥٦٧٨',
    '#'.repeat(60),
    '0'.repeat(64),
  ];
  for (const text of odd) assert.match(dialStringOf(text, GREEK, NATIONAL) ?? '', /^[0-9+*#]*$/, text);
  const texts = ['101@from-internal', '101&102', '6912345678,1', 'call 6912345678', '6912345678\r\nAction: Command'];
  for (const text of texts) assert.is(dialStringOf(text, GREEK, NATIONAL), null, text);
});

test('begins only at a phone that is theirs at the time, and whose name can be nothing else', () => {
  const line = (extension: string, from: number | null, to: number | null) => ({
    extension,
    pbx: null,
    from: from as Micros | null,
    to: to as Micros | null,
  });
  const lines = [line('100', null, 5), line('101', 5, null), line('101&102', null, null), line('102/n', null, null)];
  assert.equal(
    phonesAt(lines, 7 as Micros).map(({ extension }) => extension),
    ['101'],
  );
});

test('goes to the phone system by patterns that let nothing through, also from settings that somebody stored', () => {
  const at = 1_795_400_577_000_000 as Micros;
  const made = originationOf({ extension: '101', dialled: '6912345678' }, SETTINGS, { at, serial: 999_999_999_999 });
  assert.equal(originationSchema.parse(made), made);
  assert.is(made.channel, 'Local/101@from-internal');
  assert.match(made.channelId, /^1795400577\.\d{15}$/);
  assert.is.not(made.channelId, made.otherChannelId);
  for (const bad of [
    { channel: 'Local/{extension}@x\r\nAction: Command' },
    { channel: 'System/{extension}' },
    { channel: 'Local/101@from-internal' },
    { context: 'a,b' },
    { prefix: '9w' },
    { timeout_seconds: 121 },
  ]) {
    assert.not(changedSettingsSchema.safeParse({ click_to_call: bad }).success, JSON.stringify(bad));
  }
});

test('is settled also by what a program stored that knew nothing of it, or knew more', () => {
  const stored = (settings: object) => settingsAcceptedSchema.parse({ settings, source: 'api' }).settings.click_to_call;
  assert.equal(stored({ note_removal: 'author' }), SETTINGS);
  assert.equal(stored({ click_to_call: { enabled: false, ring_tone: 'x' } }), { ...SETTINGS, enabled: false });
});

test.run();
