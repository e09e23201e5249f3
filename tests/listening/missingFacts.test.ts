import * as assert from 'uvu/assert';
import type { Heard, HeardFact } from '../../src/listening/heard.ts';
import { MissingFacts } from '../../src/listening/missingFacts.ts';
import { suite } from '../support/suite.ts';

const test = suite('facts that were heard and are gone');

const connected = (connection: string): Heard => ({
  kind: 'connected',
  connection,
  at: null,
  amiVersion: null,
  clockOffsetMs: null,
});

/** Facts of a connection with these numbers, of one read. */
function facts(connection: string, ...numbers: readonly number[]): Heard {
  const fact = (seq: number): HeardFact => ({ seq, call: null, type: 'PbxSpoke', fields: [], latin1: [] });
  return { kind: 'facts', connection, at: null, saidAfter: null, facts: numbers.map(fact) };
}

function countOf(...all: readonly Heard[]): number {
  const missing = new MissingFacts();
  for (const [number, heard] of all.entries()) missing.look(heard, number);
  return missing.count();
}

test('none is missing where the numbers go on', () => {
  assert.is(countOf(connected('a'), facts('a', 0, 1, 2), facts('a', 3), connected('b'), facts('b', 0)), 0);
});

test('each number that is passed over counts', () => {
  assert.is(countOf(connected('a'), facts('a', 0, 1), facts('a', 5), facts('a', 6), facts('a', 9)), 5);
});

test('what an earlier process has stored of a connection is not missing', () => {
  assert.is(countOf(facts('a', 700), facts('a', 701)), 0);
});

test('the facts before the first that is left count when the beginning of the connection is gone too', () => {
  assert.is(countOf(connected('a'), facts('a', 0), facts('b', 4)), 4);
});

test('what the journal gives out again after storing began anew counts once', () => {
  const missing = new MissingFacts();
  const all = [connected('a'), facts('a', 0), facts('a', 3)];
  for (const [number, heard] of [...all.entries(), ...all.entries()]) missing.look(heard, number);
  assert.is(missing.count(), 2);
});

test.run();
