import * as assert from 'uvu/assert';
import { escaped, masked } from '../src/escaped.ts';
import { suite } from './support/suite.ts';

const test = suite('what is printed or logged');

/** Every character that a terminal may obey, breaks a line, turns the direction, or is half a letter. */
const STEERING = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(0x7f + code)),
  ...['\u061c', '\u200b', '\u200e', '\u200f', '\u2028', '\u2029', '\u2060', '\ufeff', '\ud800', '\udc00', '\u{e0041}'],
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
];
const SHOWN = ['Παπαδόπουλος 42', 'مرحبا', 'שלום', 'می\u200cخواهم', '日本', '👩\u200d🚒', '\\u001b', '?', 'a\u0301'];

test('shows what a terminal would obey by its number, and leaves what is a letter in any script', () => {
  for (const one of STEERING) {
    assert.match(escaped(`a${one}b`), /^a(?:\\u[0-9a-f]{4}){1,2}b$/);
    assert.is(masked(`a${one}b`), 'a?b');
  }
  for (const text of SHOWN) assert.equal([escaped(text), masked(text)], [text, text]);
  assert.is(escaped('\u001b]0;x\u0007\n\u009b31m'), '\\u001b]0;x\\u0007\\u000a\\u009b31m');
});

test('stays the same JSON, and the same when it is escaped again', () => {
  const value = { [`key${STEERING.join('')}`]: [...STEERING, ...SHOWN] };
  const text = escaped(JSON.stringify(value));
  assert.equal(JSON.parse(text), value);
  assert.is(escaped(text), text);
});

test.run();
