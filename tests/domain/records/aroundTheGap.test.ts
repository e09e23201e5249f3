import * as assert from 'uvu/assert';
import type { CallEntry } from '../../../src/domain/entry.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { factOf } from '../../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../../src/domain/readGroup.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { CONNECTIONS, heardAroundTheGap, listedAfterTheGap } from '../../support/aroundTheGap.ts';
import { callRecords, callsAroundTheGap } from '../../support/callRecords.ts';
import { recordEvents } from '../../support/recordRows.ts';
import { suite } from '../../support/suite.ts';

const test = suite('eight calls around a cut connection');

const { calls } = callsAroundTheGap();
const records = recordEvents(callRecords()).map(factOf);

test('come out as they happened by what the PBX answered afterwards and the records alone', () => {
  assertAsTheyHappened(rowsOf([...listedAfterTheGap(), ...records], CONNECTIONS.slice(1)));
});

test('come out as they happened by what was heard before and after, and the records', () => {
  const rows = assertAsTheyHappened(rowsOf([...heardAroundTheGap(), ...records]));
  const incomplete = Object.fromEntries([...rows].map(([name, row]) => [name, row.incomplete]));
  assert.equal(incomplete, {
    H: [],
    A: ['end_not_heard', 'filled_from_records'],
    F: ['end_not_heard', 'filled_from_records'],
    E: ['only_recorded'],
    C: ['only_recorded'],
    B: ['gap'],
    D: ['start_not_heard', 'filled_from_records'],
    I: [],
  });
  assert.is(rows.get('B')?.duration_seconds, 32, 'heard');
  assert.ok(Math.abs((rows.get('D')?.duration_seconds ?? 0) - 16) <= 1, 'since when is recorded');
  for (const name of ['A', 'F']) assert.is(rows.get(name)?.why.ended_at?.inputs.source, 'cdr');
});

test('have no time that was not heard where there are no records', () => {
  const rows = byName(rowsOf(heardAroundTheGap()));
  assert.equal([...rows.keys()].sort(), ['A', 'B', 'D', 'F', 'H', 'I']);
  const [a, f, d] = ['A', 'F', 'D'].map((name) => rows.get(name));
  assert.equal([a?.outcome, a?.ended_at, a?.duration_seconds], ['answered', null, null]);
  assert.ok(a?.answered_at, 'heard before the gap');
  assert.equal([f?.outcome, f?.ended_at, f?.ring_seconds], ['missed', null, null]);
  assert.equal([d?.did, d?.extensions, d?.answered_at], ['2101234571', ['104'], null]);
  assert.ok(d?.ended_at, 'heard after the gap');
  assert.is(rows.get('B')?.duration_seconds, 32);
});

test.run();

function rowsOf(facts: readonly Fact[], connections = [...CONNECTIONS]): CallEntry[] {
  const context = { connections, rules: defaultRules('GR') };
  return groupFacts(facts).flatMap((group) => foldAndRead(group, context).entries);
}

function byName(rows: readonly CallEntry[]): ReadonlyMap<string, CallEntry> {
  return new Map(
    Object.entries(calls).flatMap(([name, { ids }]): [string, CallEntry][] => {
      const found = rows.filter(({ ext_message_id }) => ext_message_id === ids[0]);
      assert.ok(found.length <= 1, `${name} is there once`);
      return found.map((row) => [name, row]);
    }),
  );
}

/** Seconds: records cut begin and lengths each to whole ones. */
const TO_THE_SECOND = 1.5;

function assertAsTheyHappened(rows: readonly CallEntry[]): ReadonlyMap<string, CallEntry> {
  const told = byName(rows);
  for (const [name, { number, start, answered, end }] of Object.entries(calls)) {
    const row = told.get(name);
    assert.is(row?.external_number_raw, number, name);
    assert.is(row?.outcome, answered === null ? 'missed' : 'answered', name);
    const times: readonly (readonly [number | null, string | null | undefined])[] = [
      [start, row?.occurred_at],
      [answered, row?.answered_at],
      [end, row?.ended_at],
    ];
    for (const [truth, time] of times) {
      const apart = truth === null || time == null ? null : Math.abs(Date.parse(time) / 1000 - truth);
      assert.ok(truth === null ? time === null : apart !== null && apart <= TO_THE_SECOND, `${name} ${truth} ${time}`);
    }
  }
  return told;
}
