import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { MAX_FRAME_BYTES, MAX_LINE_BYTES } from '../../../../src/adapters/ami/wire/frameEnd.ts';
import { Framer } from '../../../../src/adapters/ami/wire/framing.ts';
import { hasCode } from '../../../../src/errors.ts';
import { cut, framed } from '../../../support/framed.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('bounds of framing');

const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const HANGUP = 'Event: Hangup\r\nCause: 16\r\n\r\n';

/** A line of so many bytes without its LF. */
function line(bytes: number): string {
  return `K: ${'v'.repeat(bytes - 3)}\n`;
}

test('a line of 64 KiB is read, one byte more ends it', () => {
  assert.is(framed(BANNER, `Event: A\n${line(MAX_LINE_BYTES)}\n`).frames.length, 1);
  assert.is(framed(BANNER, `Event: A\n${line(MAX_LINE_BYTES + 1)}\n`).error, 'AMI_LINE_TOO_LONG');
});

test('a frame of 128 KiB is read, one byte more ends it', () => {
  const begin = 'Event: A\n';
  const rest = MAX_FRAME_BYTES - begin.length - line(MAX_LINE_BYTES).length - 2;
  const exact = begin + line(MAX_LINE_BYTES) + line(rest);
  assert.is(framed(BANNER, `${exact}\n`).frames[0]?.bytes, MAX_FRAME_BYTES);
  assert.is(framed(BANNER, begin + line(MAX_LINE_BYTES) + line(rest + 1), '\n').error, 'AMI_FRAME_TOO_LARGE');
});

test('a frame of endless short lines ends it', () => {
  assert.is(framed(BANNER, 'Event: A\r\n', 'K: v\r\n'.repeat(100_000)).error, 'AMI_FRAME_TOO_LARGE');
});

test('a line of a megabyte ends it, what came before it was read', () => {
  for (const skipped of ['VarSet', 'Hangup']) {
    const result = framed(`${BANNER}${HANGUP}Event: ${skipped}\r\nK: ${'v'.repeat(1_000_000)}\r\n\r\n${HANGUP}`);
    assert.is(result.frames.length, 1);
    assert.is(result.error, 'AMI_LINE_TOO_LONG');
  }
});

test('an endless banner ends it', () => {
  assert.is(framed('x'.repeat(MAX_LINE_BYTES + 1)).error, 'AMI_LINE_TOO_LONG');
});

test('the end comes at the same byte whatever the pieces', () => {
  const seed = Date.now();
  console.log(`bounds in pieces: seed ${seed}`);
  const size = fc.constantFrom(10, 1_000, MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1);
  fc.assert(
    fc.property(fc.array(size, { maxLength: 4 }), fc.integer({ min: 500, max: 200_000 }), (lines, piece) => {
      const bytes = Buffer.from(`${BANNER}${HANGUP}Event: A\n${lines.map(line).join('')}\n${HANGUP}`);
      assert.equal(framed(...cut(bytes, piece)), framed(bytes));
    }),
    { seed, numRuns: 40 },
  );
});

test('64 MB without a line end are refused at once and take no memory', () => {
  const framer = new Framer({ onBanner: () => {}, onFrame: () => {}, onResponse: () => {} });
  framer.push(Buffer.from(`${BANNER}Event: Newchannel\r\nCallerIDName: `));
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const before = process.memoryUsage();
  let accepted = 0;
  for (let pushed = 0; pushed < 1024; pushed += 1) {
    try {
      framer.push(chunk);
      accepted += 1;
    } catch (error) {
      assert.ok(hasCode(error, 'AMI_LINE_TOO_LONG'));
    }
  }
  const after = process.memoryUsage();
  assert.is(accepted, 0);
  assert.ok(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers < 8_000_000);
});

test.run();
