import { sql } from 'kysely';
import * as assert from 'uvu/assert';
import type { CoveragePeriod } from '../../../src/ports/coverage.ts';
import { suite } from '../../support/suite.ts';
import { openTables } from './tables.ts';

const test = suite('how a PBX was heard', { deadlineMs: 60_000 });
const opened = await openTables();
test.after(() => opened.close());

const NOW = '2026-10-27T12:00:00Z';
const ATHENS: CoveragePeriod = {
  from: '2026-10-23T21:00:00Z',
  to: '2026-10-27T22:00:00Z',
  timeZone: 'Europe/Athens',
  now: NOW,
};
const HOUR = 3600;

const connected = (session: number, connected_at: string, ended: Partial<Ended> = {}) => ({
  pbx: 'athens',
  session,
  connected_at,
  disconnected_at: null,
  last_heard_at: null,
  reason: null,
  pbx_went_down: false,
  listed_at: null,
  last_fact_at: null,
  ...ended,
});
type Ended = {
  readonly disconnected_at: string;
  readonly last_heard_at: string;
  readonly reason: string;
  readonly last_fact_at: string;
};
const lost = (last_heard_at: string, reason = 'AMI_CONNECTION_LOST') => ({
  disconnected_at: last_heard_at,
  last_heard_at,
  reason,
});

await opened
  .tables()
  .insertInto('pbx_session')
  .values([
    // long before, and of another year
    connected(0, '2026-10-01T00:00:00Z', lost('2026-10-24T09:00:00Z')),
    // the night to Sunday 25 has 25 hours in Athens; the gap holds the hour that comes twice
    connected(4, '2026-10-24T10:00:00Z', lost('2026-10-25T00:30:00Z', 'STOPPED')),
    // killed by a program that could not say so yet: the last fact is all that is known
    connected(7, '2026-10-25T01:30:00Z', { last_fact_at: '2026-10-26T12:00:00Z' }),
    connected(9, '2026-10-26T13:00:00Z'),
    { ...connected(0, '2026-10-26T22:30:00Z', lost('2026-10-27T10:00:00Z')), pbx: 'berlin', pbx_went_down: true },
  ])
  .execute();
await opened
  .tables()
  .insertInto('gap_filling')
  .values({
    pbx: 'athens',
    session: 4,
    revision: 6n,
    asked_at: '2026-10-24T10:00:05Z',
    outcome: 'filled',
    records: 12,
    calls: 5,
    reason: null,
    final: true,
  })
  .execute();

test('days are those of the time zone, with 25 hours when clocks go back, and every second is in one of them', async () => {
  const [athens] = await opened.readModel.coverage(ATHENS);
  assert.equal(athens?.days, [
    day('2026-10-24', 24 * HOUR, { listened: 23 * HOUR, gap: HOUR, filled: HOUR }),
    day('2026-10-25', 25 * HOUR, { listened: 24 * HOUR, gap: HOUR }),
    day('2026-10-26', 24 * HOUR, { listened: 23 * HOUR, gap: HOUR }),
    // the rest of today is not over
    day('2026-10-27', 24 * HOUR, { listened: 14 * HOUR }),
  ]);
});

test('a gap says from when to when, why, and what the call records told', async () => {
  const [athens] = await opened.readModel.coverage(ATHENS);
  const filling = { records: 12, calls: 5, asked_at: '2026-10-24T10:00:05.000000Z', final: true };
  assert.equal(athens?.gaps, [
    { ...from('2026-10-26T12:00', '2026-10-26T13:00'), cause: 'killed', filling: null },
    { ...from('2026-10-25T00:30', '2026-10-25T01:30'), cause: 'stopped', filling: null },
    {
      ...from('2026-10-24T09:00', '2026-10-24T10:00'),
      cause: 'connection_lost',
      filling: { outcome: 'filled', reason: null, ...filling },
    },
  ]);
  assert.is(athens?.gaps_in_all, 3);
});

test('what is not over lasts until now, and before the first connection there is nothing', async () => {
  const [, berlin] = await opened.readModel.coverage(ATHENS);
  assert.equal(berlin?.gaps, [
    { from: '2026-10-27T10:00:00.000000Z', to: null, cause: 'pbx_went_down', filling: null },
  ]);
  assert.equal(berlin?.days.slice(2), [
    day('2026-10-26', 24 * HOUR, {}),
    day('2026-10-27', 24 * HOUR, { listened: 11.5 * HOUR, gap: 2 * HOUR }),
  ]);
});

test('of a period only what lies in it counts, also of days and gaps that it cuts', async () => {
  const period = { ...ATHENS, from: '2026-10-24T09:30:00Z', to: '2026-10-24T10:15:00Z', timeZone: 'UTC' };
  const [athens] = await opened.readModel.coverage(period);
  assert.equal(athens?.days, [day('2026-10-24', 45 * 60, { listened: 15 * 60, gap: 30 * 60, filled: 30 * 60 })]);
  assert.is(athens?.gaps.length, 1);
  const later = { ...period, from: '2026-10-24T10:00:00Z', to: '2026-10-24T11:00:00Z' };
  assert.is((await opened.readModel.coverage(later))[0]?.gaps.length, 0);
});

test('as figures: the gaps since a time, and which of them the call records do not cover', async () => {
  assert.equal(await opened.readModel.gapFigures('2026-10-24T09:30:00Z', NOW), [
    {
      pbx: 'athens',
      gaps: 3,
      seconds: 2.5 * HOUR,
      unfilled: 2,
      unfilledSeconds: 2 * HOUR,
      newestEndedSecondsAgo: 23 * HOUR,
    },
    { pbx: 'berlin', gaps: 1, seconds: 2 * HOUR, unfilled: 1, unfilledSeconds: 2 * HOUR, newestEndedSecondsAgo: 0 },
  ]);
  assert.equal(
    (await opened.readModel.gapFigures('2026-10-26T13:00:00Z', NOW)).map(({ pbx }) => pbx),
    ['berlin'],
  );
});

test('of ten thousand gaps the newest are told, and all are counted and added up', async () => {
  await sql`insert into ${sql.table('read_v1.pbx_session')}
    (pbx, session, connected_at, disconnected_at, last_heard_at, reason, pbx_went_down)
    select 'flapping', n, at, at + interval '50 seconds', at + interval '50 seconds', 'AMI_TIMEOUT', false
    from generate_series(0, 9999) n, lateral (select '2026-10-20T00:00Z'::timestamptz + n * interval '1 minute') as t(at)`.execute(
    opened.control,
  );
  const coverage = await opened.readModel.coverage({ ...ATHENS, from: '2025-11-01T00:00:00Z', timeZone: 'UTC' });
  const flapping = coverage.find(({ pbx }) => pbx === 'flapping');
  assert.is(flapping?.gaps_in_all, 10_000);
  assert.is(flapping?.gaps.length, 200);
  assert.is(flapping?.gaps[0]?.to, null);
  const sum = (name: 'listened_seconds' | 'gap_seconds') =>
    flapping?.days.reduce((total, one) => total + one[name], 0) ?? 0;
  assert.is(sum('listened_seconds'), 500_000);
  const begin = Date.parse('2026-10-20T00:00Z');
  assert.is(sum('gap_seconds') + sum('listened_seconds'), (Date.parse(NOW) - begin) / 1000);
});

test.run();

function day(
  name: string,
  seconds: number,
  { listened = 0, gap = 0, filled = 0 }: { listened?: number; gap?: number; filled?: number },
) {
  return { day: name, seconds, listened_seconds: listened, gap_seconds: gap, filled_seconds: filled };
}

function from(begin: string, end: string) {
  return { from: `${begin}:00.000000Z`, to: `${end}:00.000000Z` };
}
