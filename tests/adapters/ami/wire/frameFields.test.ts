import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { framed } from '../../../support/framed.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('fields of a frame');

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const recording = readFileSync('demo/inbound-greek-name.txt');

/** A frame as Asterisk writes it. */
function event(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The values of the first frame's fields with this key, in order. */
function valuesOf(result: ReturnType<typeof framed>, key: string): string[] {
  return (result.frames[0]?.fields ?? []).filter(([name]) => name === key).map(([, value]) => value);
}

test('values in UTF-8 are read as such', () => {
  const names = new Set(
    framed(recording)
      .frames.flatMap(({ fields }) => fields.filter(([key]) => key === 'CallerIDName'))
      .map(([, name]) => name),
  );
  assert.ok([...names].some((name) => /^\p{Script=Greek}+ /u.test(name)));
});

test('a value that is no UTF-8 is read as Latin-1, byte for byte, and its key is named', () => {
  const jose = Buffer.concat([
    Buffer.from('CallerIDName: '),
    Buffer.from([0x4a, 0x6f, 0x73, 0xe9]),
    Buffer.from('\r\n'),
  ]);
  const half = Buffer.concat([Buffer.from('ConnectedLineName: Γι'), Buffer.from([0xce]), Buffer.from('\r\n')]);
  const result = framed(BANNER, 'Event: Newchannel\r\n', jose, half, 'Other: Γιώργος\r\n\r\n');
  assert.equal(valuesOf(result, 'CallerIDName'), ['José']);
  assert.equal(Buffer.from(valuesOf(result, 'ConnectedLineName')[0] ?? '', 'latin1'), half.subarray(19, -2));
  assert.equal(valuesOf(result, 'Other'), ['Γιώργος']);
  assert.equal(result.frames[0]?.latin1, ['CallerIDName', 'ConnectedLineName']);
});

test('surrogates in UTF-8 and bytes that were never text survive', () => {
  const bytes = Buffer.from([0xed, 0xa0, 0x80, 0xff, 0x00, 0x01]);
  const result = framed(BANNER, 'Event: UserEvent\r\nData: ', bytes, '\r\n\r\n');
  const [value = ''] = valuesOf(result, 'Data');
  assert.equal(Buffer.from(value, 'latin1'), bytes);
  assert.is(JSON.parse(JSON.stringify(value)), value);
});

test('quotes, backslashes and escapes stay as they were sent', () => {
  const sent = String.raw`Bob \\\"The Man\\\" \\\\o/ O\'Neil Who\?`;
  assert.equal(valuesOf(framed(BANNER, event('Event: Newchannel', `CallerIDName: ${sent}`)), 'CallerIDName'), [sent]);
});

test('a value may hold colons, be empty, or look like an event', () => {
  const result = framed(
    BANNER,
    event(
      'Event: Newchannel',
      'A: B: C',
      'AccountCode: ',
      'Empty:',
      'CallerIDName: Event: Hangup',
      'CID:2101234567: x',
    ),
  );
  assert.equal(result.frames[0]?.fields.slice(1), [
    ['A', 'B: C'],
    ['AccountCode', ''],
    ['Empty', ''],
    ['CallerIDName', 'Event: Hangup'],
    ['CID', '2101234567: x'],
  ]);
});

test('only one space after the colon is not the value', () => {
  assert.equal(valuesOf(framed(BANNER, event('Event: A', 'K:  two  ')), 'K'), [' two  ']);
});

test('a key that comes again keeps all its values, in order', () => {
  const result = framed(BANNER, event('Event: Newchannel', 'Variable: a=1=1', 'ChanVariable: x=1', 'Variable: b=2'));
  assert.equal(valuesOf(result, 'Variable'), ['a=1=1', 'b=2']);
  assert.equal(
    result.frames[0]?.fields.map(([key]) => key),
    ['Event', 'Variable', 'ChanVariable', 'Variable'],
  );
});

test('no key and no event name reaches a prototype, a method or an emitter', () => {
  const names = ['__proto__', 'constructor', 'error', 'toString', 'hasOwnProperty'];
  for (const name of names) {
    const result = framed(BANNER, event(`Event: ${name}`, `${name}: a`, 'Set: b', `${name}: c`));
    assert.is(result.frames[0]?.event, name);
    assert.equal(valuesOf(result, name), ['a', 'c']);
  }
  const probe: Record<string, unknown> = {};
  assert.is(probe.a, undefined);
  assert.is(framed(BANNER, event('Event: QueueMember__proto__')).counts.get('QueueMember__proto__'), 1);
});

test.run();
