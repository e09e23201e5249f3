import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import * as assert from 'uvu/assert';
import { isSeen, type Seeable, type View } from '../../../src/domain/directory/view.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { allOf, listedKeys } from '../../../src/projections/queries/commsFilter.ts';
import type { VersionTables } from '../../../src/projections/tables/schema.ts';
import { suite } from '../../support/suite.ts';
import { withReadModel } from '../support/readModel.ts';

const test = suite('who sees which rows', { deadlineMs: 120_000 });

const RUNS = 60;
const DAY = 86_400_000_000;
const BEGIN = Date.UTC(2026, 2, 1) * 1_000;
const day = fc.nat(6).map((n) => (BEGIN + n * DAY) as Micros);
const pbx = fc.constantFrom('athens', 'patras');
const extension = fc.constantFrom('101', '102', '103');
const place = fc.constantFrom('600', '601', '2101234567');
const extensions = fc.uniqueArray(extension, { maxLength: 2 });

const row = fc.record({
  pbx,
  did: fc.option(place),
  direction: fc.constantFrom('inbound' as const, 'outbound' as const),
  outcome: fc.constantFrom('answered' as const, 'missed' as const, 'voicemail' as const),
  extensions,
  rang: extensions,
  occurred_at: day.map(toRfc3339),
  queues: fc.option(fc.uniqueArray(place, { maxLength: 2 })),
  logged_by: fc.option(fc.constantFrom('anna', 'bert')),
});
const line = fc.record({ extension, pbx: fc.option(pbx), from: fc.option(day), to: fc.option(day) });
const named = fc.record({ place, pbx }, { requiredKeys: ['place'] });
const view: fc.Arbitrary<Extract<View, { sees: 'some' }>> = fc.record({
  sees: fc.constant('some' as const),
  lines: fc.array(line, { maxLength: 4 }),
  subs: fc.uniqueArray(fc.constantFrom('anna', 'bert'), { maxLength: 2 }),
  queues: fc.array(named, { maxLength: 2 }),
  dids: fc.array(named, { maxLength: 2 }),
});

test('is asked of PostgreSQL as it is of an entry at hand, of all rows and of pages', async () => {
  const seed = Date.now();
  console.log(`who sees which rows: seed ${seed}`);
  await withReadModel(async ({ pool, version }) => {
    const db = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) }).withSchema(version.schema);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), view, view, fc.nat(5), async (rows, seenBy, of, limit) => {
        await db.deleteFrom('crm_comms_log').execute();
        const ids = rows.map((_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`);
        if (rows.length > 0)
          await db
            .insertInto('crm_comms_log')
            .values(rows.map((one, at) => full(ids[at] ?? '', one)))
            .execute();
        for (const [filter, views] of [
          [{ seenBy }, [seenBy]],
          [{ of }, [of]],
          [{ seenBy, of }, [seenBy, of]],
          [{ seenBy: { sees: 'all' } as const }, []],
        ] as const) {
          const expected = rows
            .map((one, at) => ({
              id: ids[at] ?? '',
              at: one.occurred_at,
              seen: views.every((some) => isSeen(some, one)),
            }))
            .filter(({ seen }) => seen)
            .sort((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1))
            .map(({ id }) => id);
          const all = await db.selectFrom('crm_comms_log').select('id').where(allOf(filter)).execute();
          assert.equal(all.map(({ id }) => id).sort(), [...expected].sort());
          const page = await db
            .selectFrom(listedKeys(db, filter, { after: null, limit }))
            .select(['id', 'occurred_at'])
            .execute();
          const keys = page
            .sort((a, b) =>
              a.occurred_at === b.occurred_at ? (a.id < b.id ? 1 : -1) : a.occurred_at < b.occurred_at ? 1 : -1,
            )
            .map(({ id }) => id);
          assert.equal(keys, expected.slice(0, limit + 1));
        }
      }),
      { seed, numRuns: RUNS },
    );
  });
});

test.run();

function full(
  id: string,
  { pbx, ...one }: Seeable & { readonly outcome: string; readonly occurred_at: string | null },
) {
  return {
    id,
    pbx,
    ext_message_id: id,
    type: 'call' as const,
    source: 'pbx' as const,
    body: '',
    match: JSON.stringify({ status: 'unmatched', rule: 'nobody_holds_it', number: null, candidates: [] }),
    notes: '[]',
    segments: '[]',
    legs: '[]',
    why: '{}',
    incomplete: [],
    derivation: 'test',
    position: 1n,
    annotation_revision: -1n,
    ...one,
    occurred_at: one.occurred_at ?? '',
    queues: one.queues ? [...one.queues] : null,
  };
}
