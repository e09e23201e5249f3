import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { callEntrySchema } from '../../src/domain/entry.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { recordingFiles } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';
import { compareWithTruth } from '../support/truth.ts';

const test = suite('what the phones saw stands in the log');
const rules = defaultRules('GR');
const files = recordingFiles();

test('there are recordings', () => {
  assert.ok(files.length > 100, `${files.length} recordings`);
});

for (const file of files) {
  test(file.name, async () => {
    const recording = await readRecording(file.path);
    const rows = rowsOf(recording, rules);
    for (const row of rows) callEntrySchema.parse(row);
    assert.equal(compareWithTruth(rows, file.truth, recording.facts, file.isTimed), []);
  });
}

test.run();
