import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { maskedNumber, maskedText } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a number that is shown in part');

test('keeps country, beginning and end, so that callers are told apart', () => {
  for (const [number, shown] of [
    ['+306912345678', '+30 691 *** **78'],
    ['+12025550123', '+1 202 *** **23'],
    ['6912345678', '691 *** **78'],
    ['2101234', '210 *** **34'],
    ['+355', '+355'],
    ['112', '112'],
    ['1571', '1571'],
    ['15715', '*** **15'],
    ['', ''],
  ] as const) {
    assert.is(maskedNumber(number), shown);
  }
});

test('never shows more than half of the digits of what can be called', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+?[0-9]{5,15}$/), (number) => {
      const digits = number.replace('+', '');
      const shown = maskedNumber(number);
      assert.ok(!shown.replace(/\D/g, '').includes(digits), shown);
      assert.ok(shown.includes('*'));
    }),
  );
});

test('is found in a text among other things, and ids of calls and times are left', () => {
  assert.is(maskedText('external:+306912345678'), 'external:+30 691 *** **78');
  assert.is(maskedText('Local/00306912345678@from-internal-0000;1'), 'Local/003 *** **78@from-internal-0000;1');
  for (const text of [
    '1795401186.221257',
    '2026-11-23T02:33:06.221257Z',
    'PJSIP/101-00000012',
    '600',
    'pbx-1795401186.12',
  ]) {
    assert.is(maskedText(text), text);
  }
});

test.run();
