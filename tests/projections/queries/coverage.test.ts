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
type Session = ReturnType<typeof connected> & { readonly heard_before?: number };
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

await insertSessions([
  // long before, and of another year
  connected(0, '2026-10-01T00:00:00Z', lost('2026-10-24T09:00:00Z')),
  // the night to Sunday 25 has 25 hours in Athens; the gap holds the hour that comes twice
  connected(4, '2026-10-24T10:00:00Z', lost('2026-10-25T00:30:00Z', 'STOPPED')),
  // killed by a program that could not say so yet: the last fact is all that is known
  connected(7, '2026-10-25T01:30:00Z', { last_fact_at: '2026-10-26T12:00:00Z' }),
  connected(9, '2026-10-26T13:00:00Z'),
  { ...connected(0, '2026-10-26T22:30:00Z', lost('2026-10-27T10:00:00Z')), pbx: 'berlin', pbx_went_down: true },
]);
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
    {
      ...from('2026-10-27T10:00', '2026-10-27T12:00'),
      to: null,
      cause: 'pbx_went_down',
      filling: null,
    },
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
      missingFacts: 0,
    },
    {
      pbx: 'berlin',
      gaps: 1,
      seconds: 2 * HOUR,
      unfilled: 1,
      unfilledSeconds: 2 * HOUR,
      newestEndedSecondsAgo: 0,
      missingFacts: 0,
    },
  ]);
  assert.equal(
    (await opened.readModel.gapFigures('2026-10-26T13:00:00Z', NOW)).map(({ pbx }) => pbx),
    ['berlin'],
  );
});

test('what another server heard at the same time is no gap, nor is what it hears for a while after it was taken over', async () => {
  await insertSessions([
    // handed over: both listen, and the first is told to have ended after the second was there
    { ...connected(0, '2026-10-25T10:00:00Z', lost('2026-10-25T12:00:10Z', 'HANDED_OVER')), pbx: 'corfu' },
    { ...connected(1, '2026-10-25T12:00:00Z', lost('2026-10-25T20:00:00Z', 'TAKEN_OVER')), pbx: 'corfu' },
    // one that began before and was heard longer covers one that lies in it
    { ...connected(4, '2026-10-25T14:00:00Z', lost('2026-10-25T15:00:00Z')), pbx: 'corfu' },
    { ...connected(6, '2026-10-25T20:00:30Z'), pbx: 'corfu' },
  ]);
  const period = { ...ATHENS, from: '2026-10-25T00:00:00Z', to: '2026-10-26T00:00:00Z', timeZone: 'UTC' };
  const corfu = await coverageOf('corfu', period);
  assert.equal(corfu?.gaps, [
    {
      from: '2026-10-25T20:00:00.000000Z',
      to: '2026-10-25T20:00:30.000000Z',
      cause: 'taken_over',
      heard: null,
      open_seconds: 30,
      filling: null,
    },
  ]);
  assert.equal(corfu?.days, [day('2026-10-25', 24 * HOUR, { listened: 14 * HOUR - 30, gap: 30 })]);
});

test('a gap says what a journal held of it: that was heard, and only the rest is still open', async () => {
  const taken = (pbx: string) => [
    { ...connected(0, '2026-10-27T06:00:00Z', lost('2026-10-27T08:00:00Z', 'TAKEN_OVER')), pbx },
    { ...connected(2, '2026-10-27T08:01:00Z'), pbx },
  ];
  await insertSessions([
    ...taken('delphi'),
    ...taken('edessa'),
    ...taken('florina'),
    ...taken('grevena'),
    { ...connected(4, '2026-10-27T08:00:20Z', lost('2026-10-27T08:00:35Z')), pbx: 'grevena', heard_before: 2 },
    { ...connected(3, '2026-10-27T08:00:30Z', lost('2026-10-27T08:00:50Z')), pbx: 'grevena', heard_before: 2 },
    // it logged in again by itself meanwhile, and could tell nobody
    { ...connected(3, '2026-10-27T08:00:20Z', lost('2026-10-27T08:00:50Z')), pbx: 'florina', heard_before: 2 },
  ]);
  const told = { session: 2, heard_session: 0, revision: 5n, facts: 7, set_aside: 2 };
  await opened
    .tables()
    .insertInto('gap_heard')
    .values([
      { ...told, pbx: 'delphi', until: '2026-10-27T08:00:45Z' },
      { ...told, pbx: 'edessa', until: '2026-10-27T08:01:00Z' },
      { ...told, pbx: 'florina', heard_session: 3, until: '2026-10-27T08:00:50Z' },
      { ...told, pbx: 'grevena', heard_session: 3, until: '2026-10-27T08:00:50Z', facts: 3, set_aside: 0 },
      { ...told, pbx: 'grevena', session: 3, heard_session: 4, until: '2026-10-27T08:00:35Z', facts: 4 },
    ])
    .execute();
  const period = { ...ATHENS, from: '2026-10-27T00:00:00Z', to: '2026-10-28T00:00:00Z', timeZone: 'UTC' };
  const asTold = { facts: 7, set_aside: 2 };
  for (const [pbx, heard, open_seconds] of [
    ['delphi', { from: '2026-10-27T08:00:00.000000Z', until: '2026-10-27T08:00:45.000000Z', ...asTold }, 15],
    ['edessa', { from: '2026-10-27T08:00:00.000000Z', until: '2026-10-27T08:01:00.000000Z', ...asTold }, 0],
    ['florina', { from: '2026-10-27T08:00:20.000000Z', until: '2026-10-27T08:00:50.000000Z', ...asTold }, 30],
    ['grevena', { from: '2026-10-27T08:00:20.000000Z', until: '2026-10-27T08:00:50.000000Z', ...asTold }, 30],
  ] as const) {
    const { gaps = [], days = [] } = (await coverageOf(pbx, period)) ?? {};
    const gap = { from: '2026-10-27T08:00:00.000000Z', to: '2026-10-27T08:01:00.000000Z', cause: 'taken_over' };
    assert.equal(gaps, [{ ...gap, heard, open_seconds, filling: null }], pbx);
    const listened = 6 * HOUR - open_seconds;
    assert.equal(
      days,
      [day('2026-10-27', 24 * HOUR, { listened, journal: 60 - open_seconds, gap: open_seconds })],
      pbx,
    );
  }
  const figures = await opened.readModel.gapFigures('2026-10-27T07:00:00Z', NOW);
  const left = figures.filter(({ pbx }) => ['delphi', 'edessa', 'florina', 'grevena'].includes(pbx));
  assert.equal(
    left.map(({ pbx, gaps, unfilledSeconds }) => [pbx, gaps, unfilledSeconds]),
    [
      ['delphi', 1, 15],
      ['florina', 1, 30],
      ['grevena', 1, 30],
    ],
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

async function insertSessions(sessions: readonly Session[]): Promise<void> {
  await opened.tables().insertInto('pbx_session').values(sessions).execute();
}

async function coverageOf(pbx: string, period: CoveragePeriod) {
  return (await opened.readModel.coverage(period)).find((one) => one.pbx === pbx);
}

function day(
  name: string,
  seconds: number,
  {
    listened = 0,
    journal = 0,
    gap = 0,
    filled = 0,
  }: Partial<Record<'listened' | 'journal' | 'gap' | 'filled', number>>,
) {
  const listening = { listened_seconds: listened, journal_seconds: journal };
  return { day: name, seconds, ...listening, gap_seconds: gap, filled_seconds: filled };
}

/** Of which no journal was found. */
function from(begin: string, end: string) {
  const open_seconds = (Date.parse(`${end}Z`) - Date.parse(`${begin}Z`)) / 1000;
  return { from: `${begin}:00.000000Z`, to: `${end}:00.000000Z`, heard: null, open_seconds };
}
