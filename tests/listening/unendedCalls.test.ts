import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { GIVEN_UP_AFTER_MICROS, MAX_OPEN_CHANNELS, UnendedCalls } from '../../src/listening/unendedCalls.ts';
import { suite } from '../support/suite.ts';

const test = suite('calls that have not ended');

const at = (micros: number) => micros as Micros;
const LATE = at(GIVEN_UP_AFTER_MICROS + 1_000);

function fact(type: string, uniqueid: string, linkedid: string) {
  const fields = [
    ['Uniqueid', uniqueid],
    ['Linkedid', linkedid],
  ] as const;
  return { type, fields };
}

test('a call is open until its last channel has hung up', () => {
  const calls = new UnendedCalls();
  for (const id of ['1.1', '1.2']) calls.heard(fact('ChannelOpened', id, '1.1'), at(0));
  calls.heard(fact('CallHungUp', '1.1', '1.1'), at(1));
  calls.heard(fact('CallDetailRecorded', '1.1', '1.1'), at(2));
  assert.equal(calls.takeSilent(LATE), [{ uniqueid: '1.2', linkedid: '1.1', lastFrameAt: 2 }]);
  assert.equal(calls.takeSilent(LATE), [], 'it is given up once');
});

test('any fact of a call keeps it', () => {
  const calls = new UnendedCalls();
  calls.heard(fact('ChannelOpened', '1.1', '1.1'), at(0));
  calls.heard(fact('DialBegan', '1.9', '1.1'), at(2_000));
  assert.equal(calls.takeSilent(LATE), []);
});

test('a channel that was first seen in mid-call is open', () => {
  const calls = new UnendedCalls();
  calls.heard(fact('BridgeEntered', '1.1', '1.1'), at(0));
  assert.is(calls.takeSilent(LATE).length, 1);
});

test('a channel that goes over to an older call leaves nothing behind', () => {
  const calls = new UnendedCalls();
  calls.heard(fact('ChannelOpened', '1.1', '1.1'), at(0));
  calls.heard(fact('ChannelOpened', '1.5', '1.5'), at(0));
  calls.heard(fact('BridgeEntered', '1.5', '1.1'), at(0));
  for (const id of ['1.1', '1.5']) calls.heard(fact('CallHungUp', id, '1.1'), at(0));
  assert.equal(calls.takeSilent(LATE), []);
});

test('what can be no id is no call', () => {
  const calls = new UnendedCalls();
  for (const none of ['<unknown>', '', 'x'.repeat(6_000)]) {
    calls.heard(fact('ChannelOpened', '1.1', none), at(0));
    calls.heard(fact('ChannelOpened', none, '1.1'), at(0));
  }
  assert.equal(calls.takeSilent(LATE), []);
});

test('is bounded: the call that was silent for longest is forgotten first', () => {
  const calls = new UnendedCalls();
  for (let n = 0; n <= MAX_OPEN_CHANNELS; n += 1) calls.heard(fact('ChannelOpened', `1.${n}`, `1.${n}`), at(n));
  const silent = calls.takeSilent(at(GIVEN_UP_AFTER_MICROS * 2));
  assert.is(silent.length, MAX_OPEN_CHANNELS);
  assert.is(silent[0]?.linkedid, '1.1');
});

test.run();
