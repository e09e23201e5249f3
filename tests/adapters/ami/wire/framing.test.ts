import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { cut, framed } from '../../../support/framed.ts';
import { naiveFields } from '../../../support/naiveFraming.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('framing');

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

test('a recording in pieces of any size gives the same frames', () => {
  const whole = framed(recording);
  assert.is(whole.banner, 'Asterisk Call Manager/11.0.0');
  assert.is(whole.frames.length, 22);
  for (const size of [1, 7, 64, 65_536, 1_048_576]) assert.equal(framed(...cut(recording, size)), whole, `${size}`);
});

test('a recording cut in two at any byte gives the same frames', () => {
  const bytes = recording.subarray(0, 3_000);
  const whole = framed(bytes);
  assert.ok(whole.frames.length >= 4);
  for (let at = 0; at <= bytes.length; at += 1) {
    assert.equal(framed(bytes.subarray(0, at), bytes.subarray(at)), whole, `cut at byte ${at}`);
  }
});

test('random pieces of a recording give the same frames', () => {
  const whole = framed(recording);
  const seed = Date.now();
  console.log(`random pieces: seed ${seed}`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1 }), (sizes) => {
      assert.equal(framed(...cut(recording, ...sizes)), whole);
    }),
    { seed, numRuns: 50 },
  );
});

test('whatever bytes come, in whatever pieces, frames are what the blank lines say', () => {
  const seed = Date.now();
  console.log(`random bytes: seed ${seed}`);
  const token = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\n\n',
    '\r\n\r\n',
    '\r\n\n',
    ':',
    ': ',
    ' ',
    'a',
    'Event: A',
    'éß',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (tokens, sizes) => {
        const bytes = Buffer.from(`Event: First\n\n${tokens.join('')}\n\n`, 'latin1');
        const naive = naiveFields(bytes);
        const whole = framed(bytes);
        assert.equal(framed(...cut(bytes, ...sizes)), whole);
        const isEvent = (fields: (typeof naive)[number]) =>
          fields.some(([key, value]) => key === 'Event' && value !== '');
        assert.equal(
          whole.frames.map(({ fields }) => fields),
          naive.filter(isEvent),
        );
        assert.is(whole.counts.get('nameless_frames') ?? 0, naive.length - naive.filter(isEvent).length);
      },
    ),
    { seed, numRuns: 2_000 },
  );
});

test('the first line is the banner, whatever it says', () => {
  assert.is(framed('SSH-2.0-OpenSSH_9.6\r\n').banner, 'SSH-2.0-OpenSSH_9.6');
  assert.is(framed('HTTP/1.1 400 Bad Request\n').banner, 'HTTP/1.1 400 Bad Request');
  assert.is(framed('Asterisk Call Man', 'ager/9.0.0\r', '\n').banner, 'Asterisk Call Manager/9.0.0');
  assert.is(framed('Asterisk Call Man').banner, null);
});

test('bytes that begin with an event or an answer have no banner and lose nothing', () => {
  const withEvent = framed(event('Event: Hangup', 'Uniqueid: 1.1'));
  assert.is(withEvent.banner, null);
  assert.is(withEvent.frames.length, 1);
  assert.is(framed(event('Response: Error')).answers.length, 1);
});

test('what comes in the same read as banner and login answer is not lost', () => {
  const result = framed(BANNER + event('Response: Success') + event('Event: Hangup'));
  assert.is(result.answers.length, 1);
  assert.is(result.frames.length, 1);
});

test('lines may end with CR LF or LF, also within a frame, and a blank line may be either', () => {
  const expected = [
    ['Event', 'Hangup'],
    ['Cause', '16'],
  ];
  for (const text of [
    'Event: Hangup\nCause: 16\n\n',
    'Event: Hangup\r\nCause: 16\n\r\n',
    'Event: Hangup\nCause: 16\r\n\n',
  ]) {
    const result = framed(BANNER, text, text);
    assert.equal(
      result.frames.map(({ fields }) => fields),
      [expected, expected],
      JSON.stringify(text),
    );
  }
});

test('a frame that ends with CR LF LF does not swallow the next one', () => {
  const result = framed(`${BANNER}Event: CoreShowChannelMap\r\nListItems: 1\r\n\n${event('Event: Hangup')}`);
  assert.equal(
    result.frames.map((frame) => frame.event),
    ['CoreShowChannelMap', 'Hangup'],
  );
});

test('blank lines between frames are nothing', () => {
  const result = framed(BANNER, '\r\n\n\r\n', event('Event: Hangup'), '\r', '\n\r\n', event('Event: Cdr'), '\r\n');
  assert.equal(
    result.frames.map((frame) => frame.event),
    ['Hangup', 'Cdr'],
  );
  assert.is(result.torn, null);
});

test('the event may stand after other fields and in any case', () => {
  const result = framed(BANNER, event('Privilege: call,all', 'EVENT: Hangup', 'Cause: 16'), event('event: VarSet'));
  assert.equal(
    result.frames.map((frame) => frame.event),
    ['Hangup'],
  );
  assert.is(result.counts.get('VarSet'), 1);
});

test('an event with a Response field is an event', () => {
  const result = framed(BANNER, event('Event: OriginateResponse', 'ActionID: theirs', 'Response: Failure'));
  assert.is(result.frames[0]?.event, 'OriginateResponse');
  assert.is(result.answers.length, 0);
});

test('an item of a list is a frame like any other', () => {
  const result = framed(
    BANNER,
    event('Response: Success', 'ActionID: 7', 'EventList: start'),
    event('Event: Status', 'ActionID: 7'),
  );
  assert.equal(valuesOf(result, 'ActionID'), ['7']);
  assert.equal(result.answers[0]?.fields.at(-1), ['EventList', 'start']);
});

test('the output of a command keeps all its lines', () => {
  const result = framed(BANNER, event('Response: Success', 'ActionID: 7', 'Output: a: b', 'Output: ', 'Output: c'));
  assert.equal(result.answers[0]?.fields.slice(2), [
    ['Output', 'a: b'],
    ['Output', ''],
    ['Output', 'c'],
  ]);
});

test('the output of a command in the way before Asterisk 14 is the same, blank lines and colons included', () => {
  const old = 'Response: Follows\r\nPrivilege: Command\r\nActionID: 7\r\na: b\n\nc\n--END COMMAND--\r\n\r\n';
  const bytes = Buffer.from(BANNER + old + event('Event: Hangup'));
  for (const size of [1, 5, bytes.length]) {
    const result = framed(...cut(bytes, size));
    assert.equal(result.answers[0]?.fields.slice(2), [
      ['ActionID', '7'],
      ['Output', 'a: b'],
      ['Output', ''],
      ['Output', 'c'],
    ]);
    assert.is(result.answers.length, 1);
    assert.is(result.frames.length, 1);
  }
});

test('a frame that the end of the connection cuts is named, and is no frame', () => {
  const result = framed(BANNER, event('Event: Newstate'), 'Event: Hangup\r\nCause: 1');
  assert.is(result.frames.length, 1);
  assert.equal(result.torn, { event: 'Hangup', bytes: 23, beginsAsAmi: true });
  assert.is(result.counts.get('torn_frames'), 1);
  assert.equal(framed(BANNER, 'Eve').torn, { event: null, bytes: 3, beginsAsAmi: true });
});

test('a line without a colon or without a key is counted, and makes no field', () => {
  const result = framed(BANNER, event('Event: Hangup', 'no colon here', ': no key', 'Cause: 16'));
  assert.equal(result.frames[0]?.fields, [
    ['Event', 'Hangup'],
    ['Cause', '16'],
  ]);
  assert.is(result.counts.get('malformed_lines'), 2);
});

test('a frame without a name is counted, and is no frame', () => {
  const result = framed(BANNER, event('Cause: 16'), event('Event: '));
  assert.is(result.frames.length, 0);
  assert.is(result.counts.get('nameless_frames'), 2);
});

test('events that are not stored are counted by name', () => {
  const names = [
    'VarSet',
    'Newexten',
    'DeviceStateChange',
    'RTCPSent',
    'DTMFEnd',
    'MusicOnHoldStart',
    'SuccessfulAuth',
  ];
  const result = framed(
    BANNER,
    ...names.map((name) => event(`Event: ${name}`, 'Channel: PJSIP/1')),
    event('Event: VarSet'),
  );
  assert.is(result.frames.length, 0);
  for (const name of names) assert.is(result.counts.get(name), name === 'VarSet' ? 2 : 1, name);
});

test('names without end take no memory without end', () => {
  const frames = Array.from({ length: 2_000 }, (_, nth) => event(`Event: QueueMember${nth}`));
  const { counts } = framed(BANNER, ...frames, ...frames);
  assert.ok(counts.size < 1_000);
  assert.is(
    [...counts.values()].reduce((sum, count) => sum + count, 0),
    4_000,
  );
});

test('a name that is cut by a read is no name', () => {
  const pieces = Array.from({ length: 20 }, (_, nth) => {
    const bytes = Buffer.from(event(`Event: ${nth}UserEvent${'x'.repeat(40)}`));
    return Array.from({ length: 45 }, (_, cutAt) => [bytes.subarray(0, 8 + cutAt), bytes.subarray(8 + cutAt)]);
  });
  const { counts } = framed(BANNER, ...pieces.flat(2), event('Event: VarSet'));
  assert.equal([...counts], [['VarSet', 1]]);
});

test.run();
