import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { CommsFilter, CommsKey, InVersion } from '../../../src/ports/readModel.ts';
import { pageOfRows } from '../../../src/projections/queries/commsPages.ts';
import { digitsOf, wordsOf } from '../../../src/projections/queries/search.ts';
import { foundBy } from '../../../src/projections/queries/searched.ts';
import { plain } from '../../../src/projections/tables/searchText.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, openTables } from './tables.ts';

const test = suite('texts that are searched');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const { readModel, tables, close } = await openTables();
test.after(close);

/** Letters of several alphabets, with accents and in both cases, what JSON and LIKE write otherwise, and digits. */
const CHARACTERS = [...'aAbBzZéÉüß ΔδΈέςσΣωΏ жЖйЙ אב عم 12 "\\%_/\n\'’.-中🙂'];
const textArbitrary = fc
  .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 12 })
  .map((characters) => characters.join(''));

type Texts = { readonly name: string | null; readonly raw: string | null; readonly notes: readonly string[] };
const textsArbitrary: fc.Arbitrary<Texts> = fc.record({
  name: fc.option(textArbitrary),
  raw: fc.option(textArbitrary),
  notes: fc.array(textArbitrary, { maxLength: 2 }),
});

function stands(q: string, { name, raw, notes }: Texts): boolean {
  const wanted = plain(q);
  return [name, raw, ...notes].some((text) => text !== null && plain(text).includes(wanted));
}

test(`whatever three characters of a word one searches for, exactly the entries with it are found (seed ${seed})`, async () => {
  const made = fc.sample(textsArbitrary, { seed, numRuns: 150 });
  const rows = made.map(({ name, raw, notes }) =>
    entryRow({
      external_number: null,
      external_name: name,
      external_number_raw: raw,
      notes: JSON.stringify(notes.map((text, n) => ({ id: `${n}`, text, author: 'u', at: '2026-11-20T10:00:00Z' }))),
    }),
  );
  await tables().insertInto('crm_comms_log').values(rows).execute();
  const ids = async (q: string) => {
    const found: string[] = [];
    let after: InVersion<CommsKey> | null = null;
    do {
      const page: Awaited<ReturnType<typeof readModel.list>> = await readModel.list({ q }, after, 5);
      assert.ok(page.items.length === 5 || page.next === null, 'only the last page is not full');
      found.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    return found.sort();
  };

  const parts = fc
    .constantFrom(...made.flatMap(({ name, raw, notes }) => [name, raw, ...notes]).filter((text) => text !== null))
    .chain((text) => {
      const characters = [...text];
      const from = fc.nat({ max: Math.max(0, characters.length - 3) });
      return fc.tuple(from, fc.integer({ min: 3, max: 6 })).map(([at, length]) => characters.slice(at, at + length));
    })
    .map((characters) => characters.join('').trim())
    .filter((q) => /[\p{Ll}\p{Lu}1-9]{3}/u.test(q) && !/\s|^[\d./-]+$/.test(q));
  await fc.assert(
    fc.asyncProperty(parts, async (q) => {
      const expected = rows.filter((_, n) => stands(q, made[n] ?? { name: null, raw: null, notes: [] }));
      assert.equal(await ids(q), expected.map(({ id }) => id).sort(), `searched: ${JSON.stringify(q)}`);
    }),
    { seed, numRuns: 200 },
  );
});

/** So small that each way of searching is gone. */
const boundsArbitrary = fc.record({
  newest: fc.integer({ min: 1, max: 8 }),
  mostRare: fc.integer({ min: 0, max: 160 }),
  mostChecked: fc.integer({ min: 0, max: 160 }),
});
const filterArbitrary = fc.record(
  {
    directions: fc.constant(['inbound' as const]),
    extension: fc.constant('101'),
    customerId: fc.constantFrom('c0', 'c1'),
    done: fc.boolean(),
    from: fc.constant('2026-11-20T10:00:20.000000Z'),
    to: fc.constant('2026-11-20T10:00:50.000000Z'),
  },
  { requiredKeys: [] },
);
const qArbitrary = fc.constantFrom(
  'ann',
  'an',
  'δελ',
  'δε',
  '69',
  '069',
  '6900000',
  '+30 69',
  '0',
  'nobody',
  'm-u',
  '--',
  'ann δελ',
  'ΔΕΛΤΑ an',
  'pan ann',
  '69 00 00 anna',
  'ann 069 0',
  'δε 69 m-u',
  'mul an 6900000',
  'ann nobody',
  'an an an an an an',
);

test(`however often it stands and whatever else is asked, a search finds what comparing each finds (seed ${seed})`, async () => {
  await tables().deleteFrom('crm_comms_log').execute();
  const names = ['Anna Δέλτα', 'Müller', 'Pan Anna'];
  await tables()
    .insertInto('customer')
    .values(
      names.map((name, n) => ({
        id: `c${n}`,
        name,
        revision: 0n,
        removed_at: null,
        registered_at: '2026-01-01T00:00:00Z',
      })),
    )
    .execute();
  const made = Array.from({ length: 80 }, (_, n) => {
    const note = { id: `${n}`, text: n % 10 === 0 ? 'δε 69' : 'm-u an', author: 'u', at: '2026-11-20T10:00:00Z' };
    const notes = n % 3 === 0 ? [note] : [];
    const row = entryRow({
      occurred_at: `2026-11-20T10:00:${10 + (n % 50)}.000000Z`,
      direction: n % 4 === 0 ? 'internal' : 'inbound',
      done_at: n % 5 === 0 ? '2026-11-21T00:00:00.000000Z' : null,
      customer_id: n % 7 < 3 ? `c${n % 7}` : null,
      extensions: n % 2 === 0 ? ['101'] : ['103'],
      rang: ['104'],
      external_number: n % 6 === 0 ? null : `+3069000000${10 + n}`,
      external_number_raw: n % 6 === 0 ? 'anonymous' : n % 2 === 0 ? `069000000${10 + n}` : `69 000000${10 + n}`,
      external_name: n % 8 === 0 ? 'anna--' : null,
      notes: JSON.stringify(notes),
    });
    return { row, notes };
  });
  await tables()
    .insertInto('crm_comms_log')
    .values(made.map(({ row }) => row))
    .execute();

  const begins = (text: string, q: string) => text.startsWith(q) || text.includes(` ${q}`);
  const mentions = (text: string, q: string) => (/[\p{L}\d]{3}/u.test(q) ? text.includes(q) : begins(text, q));
  const meets = ({ row, notes }: (typeof made)[number], q: string, filter: CommsFilter) => {
    const raw = row.external_number_raw ?? '';
    const texts = [
      raw,
      row.external_name ?? '',
      names[Number(row.customer_id?.slice(1))] ?? '',
      ...notes.map(({ text }) => text),
    ];
    const stands = (word: string) => {
      const digits = digitsOf(word);
      return (
        texts.some((text) => mentions(plain(text), plain(word))) ||
        (digits !== null && (row.external_number?.includes(digits) || mentions(raw, digits)))
      );
    };
    return (
      wordsOf(q).every(stands) &&
      (filter.directions === undefined || row.direction === 'inbound') &&
      (filter.extension === undefined || row.extensions.includes('101')) &&
      (filter.customerId === undefined || row.customer_id === filter.customerId) &&
      (filter.done === undefined || (row.done_at !== null) === filter.done) &&
      (filter.from === undefined || row.occurred_at >= filter.from) &&
      (filter.to === undefined || row.occurred_at < filter.to)
    );
  };
  const property = fc.asyncProperty(
    qArbitrary,
    filterArbitrary,
    boundsArbitrary,
    fc.boolean(),
    async (q, filter, bounds, isSecond) => {
      const expected = made
        .filter((one) => meets(one, q, filter))
        .map(({ row }) => row)
        .sort((a, b) => (`${a.occurred_at}${a.id}` < `${b.occurred_at}${b.id}` ? 1 : -1));
      const last = isSecond ? expected[3] : undefined;
      const page = { after: last ? { occurredAt: last.occurred_at, id: last.id } : null, limit: 5 };
      const rows = tables()
        .selectFrom('crm_comms_log')
        .select('id')
        .where(await foundBy(tables(), { q, ...filter }, page, bounds));
      assert.equal(
        (await pageOfRows(rows, page).execute()).map(({ id }) => id),
        expected.slice(last ? 4 : 0, last ? 10 : 6).map(({ id }) => id),
      );
    },
  );
  await fc.assert(property, { seed, numRuns: 200 });
});

test.run();
