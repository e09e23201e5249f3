import * as assert from 'uvu/assert';
import { fromRfc3339, type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { isTimeZone, localTimeOf, momentsOf } from '../../src/domain/zone.ts';
import { suite } from '../support/suite.ts';

const test = suite('local times');

const at = (local: string, zone: string) => momentsOf(local, zone).map((moment) => toRfc3339(moment).slice(0, 19));

test('are the moments that their place gives them, in summer and in winter', () => {
  assert.equal(at('2026-11-28 14:23:03', 'Europe/Athens'), ['2026-11-28T12:23:03']);
  assert.equal(at('2026-07-01 14:23:03', 'Europe/Athens'), ['2026-07-01T11:23:03']);
  assert.equal(at('2026-07-01 14:23:03', 'UTC'), ['2026-07-01T14:23:03']);
  assert.equal(at('2026-07-01 14:23:03', 'Asia/Kathmandu'), ['2026-07-01T08:38:03']);
  assert.equal(at('2026-01-01 00:00:00', 'America/St_Johns'), ['2026-01-01T03:30:00']);
});

test('are two in the hour that comes twice, and one beside it', () => {
  assert.equal(at('2026-10-25 02:59:59', 'Europe/Athens'), ['2026-10-24T23:59:59']);
  assert.equal(at('2026-10-25 03:00:00', 'Europe/Athens'), ['2026-10-25T00:00:00', '2026-10-25T01:00:00']);
  assert.equal(at('2026-10-25 03:59:59', 'Europe/Athens'), ['2026-10-25T00:59:59', '2026-10-25T01:59:59']);
  assert.equal(at('2026-10-25 04:00:00', 'Europe/Athens'), ['2026-10-25T02:00:00']);
  // half an hour only
  assert.equal(at('2026-04-05 01:45:00', 'Australia/Lord_Howe'), ['2026-04-04T14:45:00', '2026-04-04T15:15:00']);
});

test('go on without a jump where an hour is left out', () => {
  assert.equal(at('2026-03-29 02:59:59', 'Europe/Athens'), ['2026-03-29T00:59:59']);
  assert.equal(at('2026-03-29 03:30:00', 'Europe/Athens'), ['2026-03-29T01:30:00']);
  assert.equal(at('2026-03-29 04:00:00', 'Europe/Athens'), ['2026-03-29T01:00:00']);
});

test('with an offset of their own need no place', () => {
  assert.equal(at('2026-11-28 14:23:03+02', 'America/New_York'), ['2026-11-28T12:23:03']);
  assert.equal(at('2026-11-28 14:23:03.5-03:30', 'UTC'), ['2026-11-28T17:53:03']);
});

test('that are none are no moment', () => {
  for (const text of ['', '0000-00-00 00:00:00', '2026-13-01 00:00:00', 'yesterday', '28/11/2026 14:23:03'])
    assert.equal(at(text, 'UTC'), [], text);
});

test('come out of every moment of a year and go back into it', () => {
  const begin = fromRfc3339('2026-01-01T00:00:00Z') ?? 0;
  for (const zone of ['Europe/Athens', 'America/Santiago', 'Australia/Lord_Howe', 'UTC']) {
    for (let hour = 0; hour < 365 * 24; hour += 1) {
      const moment = (begin + hour * 3_600_000_000) as Micros;
      assert.ok(momentsOf(localTimeOf(moment, zone), zone).includes(moment), `${zone} ${toRfc3339(moment)}`);
    }
  }
});

test('know which names are places', () => {
  assert.is(isTimeZone('Europe/Athens'), true);
  assert.is(isTimeZone('Europe/Atlantis'), false);
  assert.is(isTimeZone(''), false);
});

test.run();
