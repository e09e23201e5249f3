import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { entryId } from '../../src/domain/callId.ts';
import { originationOf } from '../../src/domain/dialling/origination.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { Micros } from '../../src/domain/time.ts';
import { bytesOfRecording, recordingFile } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';

const test = suite('the entry of a call that was begun from here');
const folder = mkdtempSync(join(tmpdir(), 'commslog-link-'));
test.after(() => rmSync(folder, { recursive: true }));

/** The entries of a recording in which these ids stand in the place of others. */
async function entriesOf(name: string, others: Readonly<Record<string, string>>) {
  let text = bytesOfRecording(recordingFile(name)).toString('latin1');
  for (const [id, other] of Object.entries(others)) text = text.replaceAll(`: ${id}\r`, `: ${other}\r`);
  const file = join(folder, 'ami.txt');
  writeFileSync(file, text, 'latin1');
  return rowsOf(await readRecording(file), defaultRules('GR'));
}

for (const [recording, first, second] of [
  ['asterisk-22/c2c-local-answered/ami.txt.gz', '1795400577.289', '1795400577.290'],
] as const) {
  test(`is known before it is there, and is the same row as by the ids of the phone system: ${recording}`, async () => {
    const at = 1_795_400_577_000_000 as Micros;
    const wanted = { extension: '101', dialled: '6945550002' };
    const { channelId, otherChannelId } = originationOf(wanted, DEFAULT_SETTINGS.click_to_call, { at, serial: 7 });
    const [theirs, ...more] = await entriesOf(recording, {});
    const [ours] = await entriesOf(recording, { [first]: channelId, [second]: otherChannelId });
    assert.equal(more, []);
    assert.is(ours?.id, entryId('pbx', channelId));
    const told = (entry: typeof ours) =>
      JSON.stringify([entry?.direction, entry?.outcome, entry?.external_number, entry?.extensions, entry?.segments]);
    assert.is(told(ours), told(theirs));
    assert.match(told(ours), '"outbound","answered","+306945550002",["101"]');
  });
}

test.run();
