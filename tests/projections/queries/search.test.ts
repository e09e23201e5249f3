import * as assert from 'uvu/assert';
import { wordsOf } from '../../../src/projections/queries/search.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, matchOf, openTables } from './tables.ts';

const test = suite('searching the call log');
const { readModel, tables, close } = await openTables();

test.after(close);

test('the search finds parts of numbers as people write them, of names and of notes, two characters at the beginning of a word, and takes wildcards literally', async () => {
  const plain = { external_number: '+306900000001', external_number_raw: '6900000001' };
  await tables()
    .insertInto('customer')
    .values({ id: 'c1', name: 'Kafé Δέλτας', revision: 0n, removed_at: null, registered_at: '2026-01-01T00:00:00Z' })
    .execute();
  const notes = JSON.stringify([
    { id: 'n1', text: 'Asked for 100% refund_now', author: 'u', at: '2026-11-20T10:00:00Z' },
  ]);
  const named = {
    mobile: entryRow({ external_number: '+306945551234', external_number_raw: '06945551234' }),
    german: entryRow({ external_number: '+496912345', external_number_raw: '004969 12345' }),
    short: entryRow({ external_number: null, external_number_raw: '112' }),
    withheld: entryRow({ external_number: null, external_number_raw: 'anonymous', match: matchOf('withheld') }),
    presented: entryRow({ ...plain, external_name: "O'BRIEN \\ Sons" }),
    ofCustomer: entryRow({ ...plain, customer_id: 'c1', match: matchOf('matched') }),
    noted: entryRow({ ...plain, notes }),
  };
  await tables().insertInto('crm_comms_log').values(Object.values(named)).execute();
  const searches: [q: string, found: (keyof typeof named)[]][] = [
    ['0694555', ['mobile']],
    ['+30 694 555-1234', ['mobile']],
    ['0030 6945551234', ['mobile']],
    ['5551', ['mobile']],
    ['069 12345', ['german']],
    ['+49 (0)69 12345', ['german']],
    ['112', ['short']],
    ['anon', ['withheld']],
    ["o'brien", ['presented']],
    ['\\ sons', ['presented']],
    ['ΔΈΛΤΑ', ['ofCustomer']],
    ['δελτασ', ['ofCustomer']],
    ['ΚΑΦΕ', []],
    ['KAFE', ['ofCustomer']],
    ['REFUND', ['noted']],
    ['100%', ['noted']],
    ['refund_', ['noted']],
    ['%%', []],
    ['__', []],
    ['0%', []],
    ['re', ['noted']],
    ['fu', []],
    ['ΔΕ', ['ofCustomer']],
    ['λτ', []],
    ['br', []],
    ["o'", ['presented']],
    ['\\\\', []],
    ['nobody', []],
    // words in any order, each in another text or in the customer's name
    ['Δέλτας kafé', ['ofCustomer']],
    ['δελτ 690 000 0001 kaf', ['ofCustomer']],
    ['sons obrien', []],
    ["sons o'brien", ['presented']],
    ['now 100% asked', ['noted']],
    ['asked for nothing', []],
    ['refund 6900000', ['noted']],
    ['+30 694 5551234 δέλτας', []],
  ];
  for (const [q, found] of searches) {
    const { items } = await readModel.list({ q }, null, 100);
    const names = Object.entries(named).flatMap(([name, row]) =>
      items.some((item) => item.id === row.id) ? name : [],
    );
    assert.equal(names, found, `searched: ${q}`);
    assert.is((await readModel.counts({ q })).total, found.length, `counted: ${q}`);
  }
});

test('a number is one word however it is spaced, and what is beyond six words one text', () => {
  const words: [q: string, words: string[]][] = [
    ['', ['']],
    [' anna ', ['anna']],
    ['anna lambrou', ['lambrou', 'anna']],
    ['+30 691 234 5678', ['+30 691 234 5678']],
    ['anna (0)69 - 12 345 b', ['(0)69 - 12 345', 'anna', 'b']],
    ['1 a 2', ['1', 'a', '2']],
    ['a b c d e f g  h', ['f g h', 'a', 'b', 'c', 'd', 'e']],
  ];
  for (const [q, expected] of words) assert.equal(wordsOf(q), expected, q);
});

test.run();
