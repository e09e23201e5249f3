import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Pseudonymiser } from '../../../../src/adapters/ami/recordings/pseudonymise.ts';
import { createRecordingWriter } from '../../../../src/adapters/ami/recordings/recordingWriter.ts';
import { readRecording, rowsOf } from '../../../../src/cli/text/recordedCalls.ts';
import { parseRules } from '../../../../src/domain/rules.ts';
import { recordedReadsOf } from '../../../support/recordedReadsOf.ts';
import { suite } from '../../../support/suite.ts';
import { inTemporaryFolder } from '../../../support/temporaryFolder.ts';

const test = suite('rows of a recording with other numbers and names', { deadlineMs: 60_000 });

const KEY = Buffer.alloc(32, 7);
const RULES = parseRules({ country: 'GR' });
const RECORDINGS = ['demo', 'tests/fixtures/ami'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.txt') && existsSync(file.replace(/txt$/, 'timing.jsonl'))),
);

const KEPT = /\.(id|derivation|rule|from|answered|to)$|message_id|uniqueid|linkedids|_at$/;
const NAME = /external_name(\.inputs\.presented)?$/;

/** Rows with their numbers and names replaced as the recording's are; ids and times are no numbers of people. */
function replaced(value: unknown, pseudonymiser: Pseudonymiser, path = ''): unknown {
  if (Array.isArray(value)) return value.map((part) => replaced(part, pseudonymiser, path));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, part]) => [key, replaced(part, pseudonymiser, `${path}.${key}`)]));
  }
  if (typeof value !== 'string' || KEPT.test(path)) return value;
  if (NAME.test(path)) return pseudonymiser.name(value);
  const [counter = ''] = /-[0-9a-f]{8}(;[12])?$/.exec(value) ?? [];
  return pseudonymiser.number(value.slice(0, value.length - counter.length)) + counter;
}

test('they are the same rows but for the numbers and names', async () => {
  assert.ok(RECORDINGS.length >= 12);
  for (const recording of RECORDINGS) {
    await inTemporaryFolder(async (folder) => {
      const pseudonymiser = new Pseudonymiser(KEY);
      const writer = createRecordingWriter(join(folder, 'a.txt'), { pseudonymise: false });
      for (const { bytes, at } of await recordedReadsOf(recording)) {
        const other = pseudonymiser.push(bytes);
        if (other.length > 0) writer.write(other, at);
      }
      writer.close();
      const rows = rowsOf(await readRecording(recording), RULES);
      assert.equal(rowsOf(await readRecording(join(folder, 'a.txt')), RULES), replaced(rows, pseudonymiser), recording);
    });
  }
});

test('no number and no name of the recording is left in it', () => {
  for (const recording of RECORDINGS) {
    const bytes = readFileSync(recording);
    const pseudonymiser = new Pseudonymiser(KEY);
    const other = Buffer.concat([pseudonymiser.push(bytes), pseudonymiser.end()]).toString();
    for (const [, name = ''] of bytes.toString().matchAll(/(?:CallerIDName|ConnectedLineName): (.*)\r\n/g)) {
      for (const [word] of name.replaceAll(/<unknown>|anonymous/gi, '').matchAll(/\p{L}{4,}/gu)) {
        assert.not.match(other, new RegExp(`: .*(?<!\\p{L})${word}(?!\\p{L})`, 'u'), `${recording}: ${word}`);
      }
    }
    for (const [, number = ''] of bytes.toString().matchAll(/(?:CallerIDNum|Exten): \+?(\d{6,})\r\n/g)) {
      assert.not.ok(other.includes(number), `${recording}: ${number}`);
    }
  }
});

test.run();
