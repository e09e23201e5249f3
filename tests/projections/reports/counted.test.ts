import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openedTables } from '../queries/tables.ts';

const test = suite('counting entries');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const open = openedTables(test);

/** At, just before and just after the begins of quarters of an hour, of months and of years. */
const timeArbitrary = fc
  .tuple(
    fc.constantFrom('2026-01-01T00:00', '2026-01-31T23:45', '2026-02-01T00:00', '2026-02-14T10:15', '2026-04-01T00:00'),
    fc.constantFrom(-1, 0, 1, 60_000_000, 900_000_000, 900_000_001),
  )
  .map(([minute, micros]) => {
    const at = BigInt(Date.parse(`${minute}:00Z`)) * 1000n + BigInt(micros);
    const second = new Date(Number(at / 1_000_000n) * 1000).toISOString().slice(0, 19);
    return `${second}.${String(at % 1_000_000n).padStart(6, '0')}Z`;
  });
const boundArbitrary = fc.oneof(
  { weight: 5, arbitrary: timeArbitrary },
  { weight: 1, arbitrary: fc.constantFrom('0001-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z') },
);

test(`of any period says what counting them one by one says (seed ${seed})`, async () => {
  const { readModel, tables } = await open();
  const times = fc.sample(timeArbitrary, { seed, numRuns: 300 });
  const rows = times.map((occurred_at, n) =>
    entryRow({
      occurred_at,
      outcome: n % 3 === 0 ? 'missed' : 'answered',
      direction: n % 5 === 0 ? 'internal' : 'inbound',
    }),
  );
  await tables().insertInto('crm_comms_log').values(rows).execute();
  const period = fc.record({ from: boundArbitrary, to: boundArbitrary }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(period, fc.boolean(), async ({ from, to }, onlyMissed) => {
      const outcomes = onlyMissed ? (['missed'] as const) : [];
      const counts = await readModel.counts({ ...(from && { from }), ...(to && { to }), outcomes });
      const within = rows.filter(
        ({ occurred_at: at, outcome }) =>
          (from === undefined || at >= from) && (to === undefined || at < to) && (!onlyMissed || outcome === 'missed'),
      );
      const of = (wanted: Partial<(typeof rows)[number]>) =>
        within.filter((row) => Object.entries(wanted).every(([name, value]) => Object(row)[name] === value)).length;
      assert.equal(
        [counts.total, counts.at_least, counts.by_outcome.missed, counts.by_direction.internal, counts.missed_open],
        [
          within.length,
          false,
          of({ outcome: 'missed' }),
          of({ direction: 'internal' }),
          of({ outcome: 'missed', direction: 'inbound' }),
        ],
        `${from} to ${to}`,
      );
    }),
    { seed, numRuns: 300 },
  );
});

test(`by day and by hour of a zone says the same (seed ${seed})`, async () => {
  const { readModel, tables } = await open();
  const times = fc.sample(timeArbitrary, { seed, numRuns: 300 });
  await tables()
    .insertInto('crm_comms_log')
    .values(times.map((occurred_at) => entryRow({ occurred_at })))
    .execute();
  const zones = fc.constantFrom('UTC', 'Europe/Athens', 'Asia/Kathmandu', 'America/St_Johns');
  await fc.assert(
    fc.asyncProperty(timeArbitrary, timeArbitrary, zones, async (one, other, timeZone) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      if (from === to) return;
      const within = times.filter((at) => at >= from && at < to);
      const byDay = new Map<string, number>();
      const byHour = new Map<string, number>();
      for (const at of within) {
        const local = new Date(Math.floor((fromRfc3339(at) ?? 0) / 1_000_000) * 1_000);
        const day = local.toLocaleDateString('sv', { timeZone });
        const weekday = new Date(`${day}T12:00:00Z`).getUTCDay() || 7;
        const hour = Number(local.toLocaleTimeString('sv', { timeZone }).slice(0, 2));
        byDay.set(day, (byDay.get(day) ?? 0) + 1);
        byHour.set(`${weekday} ${hour}`, (byHour.get(`${weekday} ${hour}`) ?? 0) + 1);
      }
      const days = await readModel.report('calls_by_day', { from, to, timeZone });
      assert.equal(
        new Map(days.filter(({ answered }) => answered > 0).map(({ day, answered }) => [day, answered])),
        new Map([...byDay].sort()),
      );
      const hours = await readModel.report('calls_by_hour', { from, to, timeZone });
      assert.equal(
        new Map(hours.map(({ weekday, hour, answered }) => [`${weekday} ${hour}`, answered])),
        new Map(
          [...byHour].sort(
            ([a], [b]) =>
              Number(a.split(' ')[0]) - Number(b.split(' ')[0]) || Number(a.split(' ')[1]) - Number(b.split(' ')[1]),
          ),
        ),
      );
    }),
    { seed, numRuns: 100 },
  );
});

test(`sums up how long calls rang and were as asking each says (seed ${seed})`, async () => {
  const { readModel, tables } = await open();
  const times = fc.sample(timeArbitrary, { seed, numRuns: 200 });
  const rows = times.map((occurred_at, n) =>
    entryRow({
      occurred_at,
      direction: n % 3 === 0 ? 'outbound' : 'inbound',
      outcome: n % 7 === 0 ? 'missed' : 'answered',
      ring_seconds: n % 5 === 0 ? null : n % 13,
      duration_seconds: (n * 31) % 97,
    }),
  );
  await tables().insertInto('crm_comms_log').values(rows).execute();
  const lengths = (of: readonly (number | null | undefined)[]) =>
    of.filter((length) => typeof length === 'number').sort((a, b) => a - b);
  const median = (sorted: readonly number[]) => sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
  await fc.assert(
    fc.asyncProperty(timeArbitrary, timeArbitrary, async (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      if (from === to) return;
      const summary = await readModel.report('summary', { from, to, timeZone: 'Europe/Athens' });
      const expected = (['inbound', 'outbound'] as const).flatMap((direction) => {
        const all = rows.filter(
          (row) => row.direction === direction && row.occurred_at >= from && row.occurred_at < to,
        );
        const answered = all.filter((row) => row.outcome === 'answered');
        const [rang, talked] = [
          lengths(answered.map((row) => row.ring_seconds)),
          lengths(answered.map((row) => row.duration_seconds)),
        ];
        const total = talked.reduce((sum, length) => sum + length, 0);
        return all.length === 0
          ? []
          : [[direction, all.length, answered.length, median(rang), rang.at(-1) ?? null, median(talked), total]];
      });
      assert.equal(
        summary.map((row) => [
          row.direction,
          row.calls,
          row.answered,
          row.median_ring_seconds,
          row.longest_ring_seconds,
          row.median_talk_seconds,
          row.total_talk_seconds,
        ]),
        expected,
        `${from} to ${to}`,
      );
    }),
    { seed, numRuns: 100 },
  );
});

test(`says of each phone how many calls that nobody answered rang there as asking each does (seed ${seed})`, async () => {
  const { readModel, tables } = await open();
  const times = fc.sample(timeArbitrary, { seed, numRuns: 300 });
  const rows = times.map((occurred_at, n) =>
    entryRow({
      occurred_at,
      direction: n % 4 === 0 ? 'outbound' : 'inbound',
      outcome: n % 3 === 0 ? 'answered' : 'missed',
      rang: n % 5 === 0 ? ['101', '101'] : ['101', '102', `${103 + (n % 3)}`].slice(n % 3),
    }),
  );
  await tables().insertInto('crm_comms_log').values(rows).execute();
  await fc.assert(
    fc.asyncProperty(timeArbitrary, timeArbitrary, async (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      if (from === to) return;
      const missed = new Map<string, number>();
      for (const row of rows.filter(({ occurred_at: at }) => at >= from && at < to)) {
        if (row.direction !== 'inbound' || row.outcome !== 'missed') continue;
        for (const phone of new Set(row.rang)) missed.set(phone, (missed.get(phone) ?? 0) + 1);
      }
      assert.equal(
        await readModel.report('missed_by_extension', { from, to, timeZone: 'UTC' }),
        [...missed]
          .sort(([a, n], [b, m]) => m - n || Number(a) - Number(b))
          .map(([extension, n]) => ({ extension, missed: n })),
        `${from} to ${to}`,
      );
    }),
    { seed, numRuns: 100 },
  );
});

test('by what no table counts stops at a thousand, and says so', async () => {
  const { readModel, tables } = await open();
  const rows = Array.from({ length: 1_005 }, () => entryRow({ extensions: ['101'] }));
  await tables().insertInto('crm_comms_log').values(rows.slice(0, 1_000)).execute();
  const counted = async () => {
    const { total, at_least } = await readModel.counts({ extension: '101' });
    return [total, at_least];
  };
  assert.equal(await counted(), [1_000, false]);
  await tables().insertInto('crm_comms_log').values(rows.slice(1_000)).execute();
  assert.equal(await counted(), [1_001, true]);
});

test.run();
