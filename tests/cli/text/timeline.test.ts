import * as assert from 'uvu/assert';
import { type Told, timelineOf } from '../../../src/cli/text/timeline.ts';
import { type RecordedEvent, streamOf } from '../../../src/domain/events.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the story of a call');

const entry: Told = {
  id: '00000000-0000-5000-8000-000000000000',
  occurred_at: '2026-11-23T02:33:06.221257Z',
  direction: 'inbound',
  outcome: 'missed',
  external_number: null,
  external_number_raw: null,
  body: 'Missed call',
  legs: [],
  segments: [],
};

function dialEnded(status: string): RecordedEvent {
  return fact('DialEnded', [
    ['DestChannel', 'PJSIP/101-0000010c'],
    ['DestUniqueid', '1795401186.340'],
    ['DialStatus', status],
  ]);
}

function about(type: string, channel: string): RecordedEvent {
  return fact(type, [
    ['Channel', `PJSIP/${channel}`],
    ['Uniqueid', `1795401186.${Number.parseInt(channel.slice(-4), 16)}`],
  ]);
}

function fact(type: string, fields: readonly (readonly [string, string])[]): RecordedEvent {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    type,
    stream: streamOf.call('pbx', '1795401186.339'),
    revision: 0n,
    position: 1n,
    data: { fields },
    metadata: {
      v: 1,
      recorded_at: '2026-11-23T02:33:06.300000Z',
      app: '0.1.0',
      $correlationId: 'call-pbx-1795401186.339',
      pbx: 'pbx',
      session: 3,
      seq: 7,
      received_at: '2026-11-23T02:33:06.221257Z',
    },
  };
}

test('says how a dialling ended in its own words, whatever word the PBX uses', () => {
  const endOf = (status: string) => timelineOf(entry, [dialEnded(status)])[1]?.trim();
  assert.is(endOf('BUSY'), '02:33:06.221  101 is busy');
  for (const madeUp of ['constructor', 'toString', '__proto__', 'SOMETHING']) {
    assert.is(endOf(madeUp), '02:33:06.221  101 is not called any more', madeUp);
  }
});

test('says of who has two channels what befalls both once, and again when it happens again', () => {
  const both = (type: string) => [about(type, '101-0000010c'), about(type, '101-0000010d')];
  const facts = [...both('CallHeld'), ...both('CallResumed'), about('CallHeld', '101-0000010c'), ...both('CallHungUp')];
  const lines = timelineOf(entry, facts).slice(1);
  assert.equal(
    lines.map((line) => line.slice(16)),
    ['101 puts the call on hold', '101 takes the call off hold', '101 puts the call on hold', '101 is gone'],
  );
});

test('tells what several people say of a call, and what one says twice', () => {
  const note = { ...fact('NoteAdded', []), stream: streamOf.annotation(entry.id) };
  assert.is(timelineOf(entry, [note, note]).length, 3);
});

test.run();
