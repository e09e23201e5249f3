import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { callEntrySchema } from '../../src/domain/entry.ts';
import { parseRules } from '../../src/domain/rules.ts';
import { suite } from '../support/suite.ts';

const root = fileURLToPath(new URL('../fixtures/reports/', import.meta.url));

const expectedSchema = z.object({
  country: z.string(),
  rules: z.record(z.string(), z.unknown()).nullable(),
  tolerance_seconds: z.number().default(1),
  rows: z.array(z.record(z.string(), z.unknown())),
});
type Expected = z.infer<typeof expectedSchema>;

/** A word of the sentence by which the recording is refused. */
const refusedSchema = z.object({ refused: z.string() });

const test = suite('calls of other people’s phone systems have the right values');

for (const folder of readdirSync(root).filter((name) => /^\d/.test(name))) {
  test(folder, async () => {
    const told: unknown = JSON.parse(readFileSync(`${root}${folder}/expected.json`, 'utf8'));
    const reading = readRecording(`${root}${folder}/input.txt`);
    const { data: refusal } = refusedSchema.safeParse(told);
    if (refusal) {
      const error = await reading.then(() => null, String);
      return assert.match(error ?? 'not refused', refusal.refused);
    }
    const expected = expectedSchema.parse(told);
    const rules = parseRules({ country: expected.country, ...expected.rules });
    const rows = rowsOf(await reading, rules);
    for (const row of rows) callEntrySchema.parse(row);
    assert.equal(
      rows.map((row, at) => whatMatters(row, expected, at)),
      expected.rows,
    );
  });
}

test.run();

/** The columns that are expected of the row; a number of seconds that is near enough as it is expected. */
function whatMatters(row: object, { rows, tolerance_seconds }: Expected, at: number): Record<string, unknown> {
  const known: Record<string, unknown> = { ...row };
  const matters = Object.entries(rows[at] ?? known).map(([column, right]) => {
    const value = known[column];
    const isNear =
      column.endsWith('_seconds') &&
      typeof value === 'number' &&
      typeof right === 'number' &&
      Math.abs(value - right) <= tolerance_seconds;
    return [column, isNear ? right : value];
  });
  return Object.fromEntries(matters);
}
