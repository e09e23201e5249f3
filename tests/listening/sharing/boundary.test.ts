import * as assert from 'uvu/assert';
import type { Micros } from '../../../src/domain/time.ts';
import { beginIn, endIn } from '../../../src/listening/sharing/boundary.ts';
import type { KeptFrame } from '../../../src/listening/sharing/heardFrames.ts';
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

const near = (ours: string) => ({ before: [], near: frames(ours), after: [], isTooMany: false });
const begins = (ours: string, theirs: string) => beginIn(near(ours), { frames: frames(theirs), isCut: false }, true);
const ends = (ours: string, theirs: string) => endIn(near(ours), frames(theirs));

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

test('one that has no frame in common with it begins behind it', () => {
  assert.is(begins('abc', 'def').at, null);
});

test.run();
