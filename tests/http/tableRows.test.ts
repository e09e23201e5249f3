import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type TableRow, tableRows } from '../../src/http/files/tableRows.ts';
import { suite } from '../support/suite.ts';

const test = suite('rows of a table, quotes and all');
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

async function rowsOf(pieces: readonly string[]): Promise<TableRow[]> {
  async function* text() {
    yield* pieces;
  }
  const rows: TableRow[] = [];
  for await (const row of tableRows(text(), { delimiter: ',', firstLine: 1 })) rows.push(row);
  return rows;
}

const cell = fc.string({ unit: fc.constantFrom('a', '"', ' ', '1', 'Ω'), maxLength: 6 });
const table = fc
  .tuple(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([rows, end]) => rows.map((cells) => cells.join(',')).join(end));

test('are the same wherever the pieces end', () =>
  fc.assert(
    fc.asyncProperty(table, fc.array(fc.nat(80), { maxLength: 6 }), async (text, cuts) => {
      const ends = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
      const pieces = ends.slice(1).map((end, at) => text.slice(ends[at], end));
      assert.equal(await rowsOf(pieces), await rowsOf([text]));
    }),
    { seed, numRuns: 500 },
  ));

test('are told by their lines in order, and without quotes each line is a row', () =>
  fc.assert(
    fc.asyncProperty(table, async (text) => {
      const rows = await rowsOf([text]);
      const lines = rows.map(({ line }) => line);
      assert.equal(
        lines,
        [...lines].sort((a, b) => a - b),
      );
      assert.is(new Set(lines).size, lines.length);
      if (text.includes('"')) return;
      const found = rows.map((row) => (row.isBroken ? 'broken' : `${row.line} ${row.cells.join()}`));
      const written = text.split(/\r\n|\n|\r/).map((line, at) => {
        const cells = line.split(',').map((one) => one.trim());
        return `${at + 1} ${cells.join()}`;
      });
      const isSomething = (row: string) => /^\d+ .*[^ ,]/.test(row);
      assert.equal(found.filter(isSomething), written.filter(isSomething));
    }),
    { seed, numRuns: 500 },
  ));

test('of quotes alone end in time', async () => {
  const started = performance.now();
  const rows = await rowsOf(Array.from({ length: 40 }, () => '"a,b\n'.repeat(10_000)));
  assert.ok(rows.length > 0);
  assert.ok(performance.now() - started < 30_000);
});

test.run();
