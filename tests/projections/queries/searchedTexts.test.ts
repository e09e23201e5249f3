import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { CommsKey, InVersion } from '../../../src/ports/readModel.ts';
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
    .filter((q) => /[\p{Ll}\p{Lu}1-9]{3}/u.test(q) && !/^[\d\s./-]+$/.test(q));
  await fc.assert(
    fc.asyncProperty(parts, async (q) => {
      const expected = rows.filter((_, n) => stands(q, made[n] ?? { name: null, raw: null, notes: [] }));
      assert.equal(await ids(q), expected.map(({ id }) => id).sort(), `searched: ${JSON.stringify(q)}`);
    }),
    { seed, numRuns: 200 },
  );
});

test.run();
