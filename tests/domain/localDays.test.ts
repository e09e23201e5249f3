import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { byDays, byOffsets } from '../../src/domain/localDays.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { localTimeOf, offsetAt } from '../../src/domain/zone.ts';
import { suite } from '../support/suite.ts';

const test = suite('a period by the days and the offsets of a place');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

const ZONES = [
  'Europe/Athens',
  'America/Santiago',
  'America/Havana',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'UTC',
  'IST',
  'AET',
];
const anyPeriod = fc
  .tuple(
    fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
    fc.integer({ min: 1, max: 40 * 86_400_000_000 }),
  )
  .map(([from, length]) => ({ from: from as Micros, to: (from + length) as Micros }));

function at(text: string): Micros {
  const time = fromRfc3339(text);
  if (time === null) throw new Error(`no time: ${text}`);
  return time;
}

test('is whole, without a hole, and each part is of the one day or offset that it says', () =>
  fc.assert(
    fc.property(anyPeriod, fc.constantFrom(...ZONES), (period, zone) => {
      for (const parts of [byDays(period, zone), byOffsets(period, zone)]) {
        assert.is(parts.at(0)?.from, period.from);
        assert.is(parts.at(-1)?.to, period.to);
        for (const [index, { from, to }] of parts.entries()) {
          assert.ok(from < to);
          assert.is(parts[index + 1]?.from ?? period.to, to);
        }
      }
      for (const { day, from } of byDays(period, zone)) assert.is(localTimeOf(from, zone).slice(0, 10), day);
      for (const { from, to, offsetSeconds } of byOffsets(period, zone)) {
        for (const moment of [from, to - 1]) assert.is(offsetAt(moment as Micros, zone), offsetSeconds * 1_000_000);
      }
    }),
    { seed, numRuns: 300 },
  ));

test('has a day of 25 hours, one of 23 hours, and none where a place has left one out', () => {
  const hours = (from: string, to: string, zone: string) =>
    byDays({ from: at(from), to: at(to) }, zone).map(({ day, from, to }) => [day, (to - from) / 3_600_000_000]);
  assert.equal(hours('2026-10-23T21:00:00Z', '2026-10-26T22:00:00Z', 'Europe/Athens'), [
    ['2026-10-24', 24],
    ['2026-10-25', 25],
    ['2026-10-26', 24],
  ]);
  assert.equal(hours('2026-03-28T22:00:00Z', '2026-03-29T21:00:00Z', 'Europe/Athens'), [['2026-03-29', 23]]);
  assert.equal(hours('2011-12-29T10:00:00Z', '2011-12-31T10:00:00Z', 'Pacific/Apia'), [
    ['2011-12-29', 24],
    ['2011-12-31', 24],
  ]);
});

test('is cut where clocks are changed, to the quarter of an hour', () => {
  const cuts = (zone: string) =>
    byOffsets({ from: at('2026-01-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') }, zone).map(
      ({ from, offsetSeconds }) => [toRfc3339(from).slice(0, 16), offsetSeconds / 3600],
    );
  assert.equal(cuts('Europe/Athens'), [
    ['2026-01-01T00:00', 2],
    ['2026-03-29T01:00', 3],
    ['2026-10-25T01:00', 2],
  ]);
  assert.equal(cuts('IST'), [['2026-01-01T00:00', 5.5]]);
});

test.run();
