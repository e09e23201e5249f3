// The rows of all recordings, so that a change of what the same facts mean is never made unknowingly.
// UPDATE_GOLDEN=1 writes the file anew, after DERIVATION_VERSION was raised.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { DERIVATION_VERSION } from '../../src/domain/derivation.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { recordingFiles } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';

const test = suite('the golden file of rows');
const golden = fileURLToPath(new URL('../fixtures/rows.golden.jsonl', import.meta.url));

test('is what the fold says, or DERIVATION_VERSION was raised with it', async () => {
  const now = await linesNow();
  const before = existsSync(golden) ? readFileSync(golden, 'utf8').split('\n').filter(Boolean) : [];
  const changed = now.filter((line) => !before.includes(line)).map((line) => line.slice(0, 120));
  const isSame = changed.length === 0 && now.length === before.length;
  if (process.env.UPDATE_GOLDEN === '1') {
    const isRaised = before[0] !== now[0];
    assert.ok(isSame || isRaised, 'rows change: raise DERIVATION_VERSION in src/domain/derivation.ts first');
    writeFileSync(golden, `${now.join('\n')}\n`);
    return;
  }
  assert.ok(isSame, `rows change: raise DERIVATION_VERSION, then run with UPDATE_GOLDEN=1\n${changed.join('\n')}`);
});

test.run();

/** The version, then one line a row. Who reads a difference wants the columns; the rest is there as a hash. */
async function linesNow(): Promise<string[]> {
  const rules = defaultRules('GR');
  const lines = [JSON.stringify({ derivation_version: DERIVATION_VERSION })];
  for (const { name, path } of recordingFiles()) {
    for (const row of rowsOf(await readRecording(path), rules))
      lines.push(JSON.stringify({ recording: name, ...short(row) }));
  }
  return lines;
}

function short({ segments, legs, why, derivation, id, body, course, ...columns }: CallEntry): object {
  const rest = JSON.stringify({ segments, legs, why, derivation, id, body });
  const told = course?.map(({ what, with: other, from, to }) => `${what} ${other ?? ''} ${clock(from)}–${clock(to)}`);
  return { ...columns, course: told, rest: createHash('sha256').update(rest).digest('hex').slice(0, 16) };
}

function clock(time: string | null): string {
  return time?.slice('2026-11-23T'.length, -'000Z'.length) ?? '?';
}
