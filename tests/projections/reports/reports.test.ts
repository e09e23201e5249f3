import * as assert from 'uvu/assert';
import type { ReportPeriod } from '../../../src/ports/reports.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openTables } from '../queries/tables.ts';

const test = suite('reports');
const opened = await openTables();
test.after(() => opened.close());

const ATHENS: ReportPeriod = { from: '2026-10-23T21:00:00Z', to: '2026-10-26T22:00:00Z', timeZone: 'Europe/Athens' };
const NONE = { answered: 0, missed: 0, abandoned: 0, busy: 0, failed: 0, voicemail: 0 };

const calls = [
  // Saturday 24 October, 00:30 in Athens, still Friday in UTC
  entryRow({ occurred_at: '2026-10-23T21:30:00Z', ring_seconds: 4, duration_seconds: 60 }),
  // the night to Sunday 25 has the hour from 3 to 4 twice
  entryRow({ occurred_at: '2026-10-25T00:30:00Z', ring_seconds: 10, duration_seconds: 20 }),
  entryRow({ occurred_at: '2026-10-25T01:30:00Z', ring_seconds: 6, duration_seconds: 40 }),
  entryRow({ occurred_at: '2026-10-25T09:00:00Z', outcome: 'missed', extensions: [], rang: ['101', '102'] }),
  entryRow({ occurred_at: '2026-10-25T09:10:00Z', outcome: 'voicemail', extensions: [], rang: ['102', '102'] }),
  entryRow({ occurred_at: '2026-10-25T09:20:00Z', direction: 'outbound', outcome: 'busy', rang: ['102'] }),
  entryRow({ occurred_at: '2026-10-25T09:25:00Z', direction: 'outbound', outcome: 'missed', handled_by_machine: true }),
  // in none of them: internal, the last instant before, the first after
  entryRow({ occurred_at: '2026-10-25T09:30:00Z', direction: 'internal' }),
  entryRow({ occurred_at: '2026-10-23T20:59:59.999999Z' }),
  entryRow({ occurred_at: '2026-10-26T22:00:00Z', outcome: 'missed' }),
];
await opened.tables().insertInto('crm_comms_log').values(calls).execute();

test('days are those of the time zone, also when clocks change, and days without calls are there', async () => {
  assert.equal(await opened.readModel.report('calls_by_day', ATHENS), [
    { day: '2026-10-24', ...NONE, answered: 1 },
    { day: '2026-10-25', ...NONE, answered: 2, missed: 2, voicemail: 1, busy: 1 },
    { day: '2026-10-26', ...NONE },
  ]);
  const days = await opened.readModel.report('calls_by_day', { ...ATHENS, timeZone: 'UTC' });
  assert.equal(
    days.map(({ day, answered }) => [day, answered]),
    [
      ['2026-10-23', 1],
      ['2026-10-24', 0],
      ['2026-10-25', 2],
      ['2026-10-26', 0],
    ],
  );
});

test('hours are those of the clock on the wall, an hour that came twice is one', async () => {
  assert.equal(await opened.readModel.report('calls_by_hour', ATHENS), [
    { weekday: 6, hour: 0, ...NONE, answered: 1 },
    { weekday: 7, hour: 3, ...NONE, answered: 2 },
    { weekday: 7, hour: 11, ...NONE, missed: 2, voicemail: 1, busy: 1 },
  ]);
});

test('the summary counts each direction, what a machine handled in it, and tells ringing and talking of answered calls alone', async () => {
  assert.equal(await opened.readModel.report('summary', ATHENS), [
    {
      direction: 'inbound',
      calls: 5,
      ...NONE,
      answered: 3,
      missed: 1,
      voicemail: 1,
      handled_by_machine: 0,
      median_ring_seconds: 6,
      longest_ring_seconds: 10,
      median_talk_seconds: 40,
      total_talk_seconds: 120,
    },
    {
      direction: 'outbound',
      calls: 2,
      ...NONE,
      busy: 1,
      missed: 1,
      handled_by_machine: 1,
      median_ring_seconds: null,
      longest_ring_seconds: null,
      median_talk_seconds: null,
      total_talk_seconds: 0,
    },
  ]);
});

test('a missed call counts once for each phone that rang', async () => {
  assert.equal(await opened.readModel.report('missed_by_extension', ATHENS), [
    { extension: '102', missed: 2 },
    { extension: '101', missed: 1 },
  ]);
});

test.run();
