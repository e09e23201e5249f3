import * as assert from 'uvu/assert';
import type { Micros } from '../../../src/domain/time.ts';
import { beginIn, endIn } from '../../../src/listening/sharing/boundary.ts';
import type { KeptFrame } from '../../../src/listening/sharing/heardFrames.ts';
import { ERASED_KEY } from '../../../src/listening/sharing/storedFrames.ts';
import { suite } from '../../support/suite.ts';

const test = suite('where another session begins and ends in a connection');

/** Frames, each said at one moment and told by its letter. */
function frames(letters: string): KeptFrame[] {
  const at = 0 as Micros;
  return [...letters].map((key, seq) => ({
    seq,
    key,
    from: at,
    to: at,
    at: { segment: 0, offset: seq },
    saidAfter: at,
  }));
}

/** All of it may be before or after; between two runs of theirs something is missing. */
const near = (ours: string) => ({ before: [], near: frames(ours), after: [], isTooMany: false });
const begins = (ours: string, ...theirs: string[]) => beginIn(near(ours), theirs.map(frames));
const ends = (ours: string, ...theirs: string[]) => endIn(near(ours), theirs.map(frames));

test('one that began within it begins at the first frame that both have', () => {
  assert.is(begins('abcdef', 'defghi').at?.key, 'd');
});

test('one that began before and ended within it begins at its first frame, and ends behind the last that both have', () => {
  assert.is(begins('defghi', 'abcdef').at?.key, 'd');
  assert.is(ends('defghi', 'abcdef').at?.key, 'g');
});

test('one that began before it and ended after it has all of it', () => {
  assert.is(begins('cde', 'abcdefg').at?.key, 'c');
  assert.is(ends('cde', 'abcdefg').at, null);
});

test('one that has stored its frames with holes has what lies between the first and the last that both have', () => {
  assert.is(begins('abcdefgh', 'cd', 'f').at?.key, 'c');
  assert.is(ends('abcdefgh', 'cd', 'f').at?.key, 'g');
  assert.is(begins('efgh', 'cd', 'gh').at?.key, 'e');
  assert.is(ends('abcd', 'cd', 'gh').at, null);
  assert.is(begins('defg', 'abcde', 'ghi').at?.key, 'd');
  assert.is(ends('defg', 'abcde', 'ghi').at, null);
});

test('one of which the frames at a boundary were erased has them all the same', () => {
  const erased = frames('-').map((frame) => ({ ...frame, key: ERASED_KEY }));
  assert.is(beginIn(near('abcd'), [erased, frames('cd')]).at?.key, 'b');
  assert.is(endIn(near('abcd'), [frames('ab'), erased]).at?.key, 'd');
});

test('what clocks and frames tell otherwise is not proved', () => {
  const around = { before: frames('abc'), near: frames('def'), after: frames('ghi'), isTooMany: false };
  assert.not(beginIn(around, [frames('bcdefghi')]).isProved);
  assert.not(beginIn(around, [frames('hi')]).isProved);
  assert.not(endIn(around, [frames('ab')]).isProved);
  assert.not(endIn(around, [frames('abcdefgh')]).isProved);
});

test('one that has no frame in common with it begins behind it', () => {
  assert.is(begins('abc', 'def').at, null);
});

test.run();
