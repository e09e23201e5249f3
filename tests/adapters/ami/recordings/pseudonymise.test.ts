import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Pseudonymiser } from '../../../../src/adapters/ami/recordings/pseudonymise.ts';
import { cut } from '../../../support/framed.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('other numbers and names');

const KEY = Buffer.alloc(32, 7);
const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });

/** What becomes of these bytes, as Latin-1. */
function rewritten(...pieces: readonly (Buffer | string)[]): string {
  const pseudonymiser = new Pseudonymiser(KEY);
  const out = pieces.map((piece) => pseudonymiser.push(Buffer.from(piece)));
  return Buffer.concat([...out, pseudonymiser.end()]).toString('latin1');
}

/** What becomes of one field of a frame. */
function field(line: string, ...others: readonly string[]): string {
  const frame = rewritten(
    `${BANNER}Event: Newchannel\r\n${others.map((other) => `${other}\r\n`).join('')}${line}\r\n\r\n`,
  );
  const utf8 = Buffer.from(frame, 'latin1').toString();
  return (
    utf8
      .split('\r\n')
      .at(-3)
      ?.replace(/^[^:]*: /, '') ?? ''
  );
}

function checked(name: string, property: fc.IProperty<unknown> | fc.IPropertyWithHooks<unknown>): void {
  const seed = Date.now();
  console.log(`${name}: seed ${seed}`);
  fc.assert(property, { seed, numRuns: 300 });
}

test('a number keeps its length and all but its last six digits, extensions stay', () => {
  const pseudonymiser = new Pseudonymiser(KEY);
  for (const kept of ['101', '2101', '12345', '*97', 's', '112']) assert.is(pseudonymiser.number(kept), kept);
  for (const number of ['+306912345678', '00306912345678', '2101234567', '+1-202-5550123']) {
    const other = pseudonymiser.number(number);
    assert.is.not(other, number);
    assert.is(other.slice(0, -6), number.slice(0, -6));
    assert.match(other.slice(-6), /^\d{6}$/);
  }
});

test('a number in another shape becomes the same other number in that shape', () => {
  const pseudonymiser = new Pseudonymiser(KEY);
  checked(
    'shapes of a number',
    fc.property(digits(6, 12), fc.constantFrom('+30', '0030', '9', '0', 'PJSIP/9', '*72'), (number, prefix) => {
      assert.is(pseudonymiser.number(prefix + number), prefix + pseudonymiser.number(number));
    }),
  );
});

test('two numbers never become one', () => {
  const pseudonymiser = new Pseudonymiser(KEY);
  checked(
    'different numbers',
    fc.property(digits(6, 12), digits(6, 12), (a, b) => {
      assert.is(pseudonymiser.number(a) === pseudonymiser.number(b), a === b);
    }),
  );
});

test('a name that was cut at any byte becomes the other name cut at that byte', () => {
  const words = fc.array(
    fc.constantFrom('Γιώργος', 'Παπαδόπουλος', 'Anna', 'José', 'Łukasz', 'Иван', '王芳', '𠀋', "O'Neil", '&'),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  const before = Buffer.from(`${BANNER}Event: Newchannel\r\nCallerIDName: `);
  const after = Buffer.from('\r\n\r\n');
  const otherName = (name: Buffer) =>
    Buffer.from(rewritten(Buffer.concat([before, name, after])), 'latin1').subarray(before.length, -after.length);
  checked(
    'cut names',
    fc.property(words, fc.nat(), (parts, where) => {
      const name = Buffer.from(parts.join(' '));
      const other = otherName(name);
      assert.is(other.length, name.length);
      const at = where % (name.length + 1);
      const cutName = name.subarray(0, at);
      const wholeLetters = Buffer.byteLength(cutName.toString('utf8').replaceAll('\ufffd', ''));
      assert.is(otherName(cutName).length, at);
      assert.equal(otherName(cutName).subarray(0, wholeLetters), other.subarray(0, wholeLetters));
    }),
  );
});

test('a name is the same with and without backslashes, in every field', () => {
  const escaped = field(String.raw`CallerIDName: O\'Neil Who\?`);
  assert.is(
    field('CallerID: "O\'Neil Who?" <6912345678>'),
    `"${escaped.replaceAll('\\', '')}" <${field('Exten: 6912345678')}>`,
  );
  assert.is(field(String.raw`DestConnectedLineName: O\'Neil Who\?`), escaped);
  assert.is.not(escaped, String.raw`O\'Neil Who\?`);
});

test('what is nobody stays', () => {
  for (const value of ['<unknown>', '<null>', '', 'anonymous', 'Anonymous', 'unavailable']) {
    assert.is(field(`CallerIDName: ${value}`), value);
    assert.is(field(`CallerIDNum: ${value}`), value);
  }
  assert.match(field('CallerIDName: CID:2101234567'), /^CID:2101\d{6}$/);
});

test('a number is replaced wherever it stands', () => {
  const other = field('CallerIDNum: 6945556678');
  assert.is(field('Exten: 6945556678'), other);
  assert.is(field('DialString: 6945556678@mytrunk'), `${other}@mytrunk`);
  assert.is(field('Channel: Local/6945556678@from-internal-0000001a;1'), `Local/${other}@from-internal-0000001a;1`);
  assert.is(field('LastData: PJSIP/6945556678@mytrunk,60,T', 'LastApplication: Dial'), `PJSIP/${other}@mytrunk,60,T`);
  assert.is(field('ChanVariable: X=6945556678'), `x=${other}`);
  assert.is(field('ActionID: call-6945556678'), `call-${other}`);
});

test('a trunk that is called by its number keeps being one trunk', () => {
  const trunk = field('DialString: 1@302101234567').slice(2);
  assert.is(field('Channel: PJSIP/302101234567-0000007a'), `PJSIP/${trunk}-0000007a`);
  assert.is.not(trunk, '302101234567');
});

test('ids and times of the PBX stay', () => {
  for (const line of [
    'Uniqueid: 1795400712.330',
    'DestLinkedid: pbx1-1795400712.330',
    'BridgeUniqueid: dc92c011-45b1-4f6f-9030-123456789012',
    'Timestamp: 1795400712.123456',
    'Channel: PJSIP/101-12345678',
    'StartTime: 2026-11-23 02:57:06',
  ]) {
    assert.is(field(line), line.replace(/^\w+: /, ''));
  }
});

test('what is not known to be harmless is masked', () => {
  assert.is(field('X-Customer: Μαρία 12, at home'), 'xxxxxxxxxx 12, xx xxxx');
  assert.is(field('AccountCode: Smith & Sons'), 'xxxxx & xxxx');
  assert.is(field('LastData: CALLERID(name)=Anna', 'LastApplication: Set'), 'xxxxxxxx(xxxx)=xxxx');
  assert.is(field('Uniqueid: anna@home'), 'xxxx@xxxx');
});

test('what a terminal obeys is masked wherever it stands, as a letter and as a byte alone', () => {
  assert.is(field('CallerIDName: 1\u001b[2 \u009b31 \u202e 12'), '1?[2 ?31 ? 12');
  const alone = rewritten(
    BANNER,
    Buffer.from('Event: Newstate\r\nX-\x1b: \x9b1m\r\nContext: \x9b1m\r\n\r\n', 'latin1'),
  );
  assert.not.ok(alone.includes('\x1b') || alone.includes('\x9b'), alone);
});

test('a number that is a name is replaced, unless it is the name of a phone', () => {
  assert.is.not(field('CallerIDNum: john.smith'), 'john.smith');
  assert.is(field('CallerIDNum: reception', 'Channel: PJSIP/reception-0000001a'), 'reception');
});

test('of answers and of events that are not stored only the first line stays, of a command none', () => {
  const text = rewritten(
    `${BANNER}Response: Success\r\nMessage: Hello Anna\r\n\r\nEvent: VarSet\r\nValue: Anna\r\n\r\n`,
    'Response: Follows\r\nAnna\n\n--END COMMAND--\r\n\r\nEvent: Newexten\r\nAppData: Anna\r\n\r\n',
  );
  assert.is(text, `${BANNER}Response: Success\r\n\r\nEvent: VarSet\r\n\r\nEvent: Newexten\r\n\r\n`);
});

test('a frame that was cut stays cut, without the line that was', () => {
  assert.is(
    rewritten(`${BANNER}Event: Hangup\r\nCause: 16\r\nCallerIDNum: 69123`),
    `${BANNER}Event: Hangup\r\nCause: 16\r\n`,
  );
});

test('pieces do not matter, the same key does the same, another key another', () => {
  const bytes = readFileSync('demo/inbound-transferred.txt');
  const whole = rewritten(bytes);
  for (const size of [1, 7, 1_000]) assert.is(rewritten(...cut(bytes, size)), whole);
  const other = new Pseudonymiser(Buffer.alloc(32, 8));
  assert.is.not(Buffer.concat([other.push(bytes), other.end()]).toString('latin1'), whole);
});

test.run();
