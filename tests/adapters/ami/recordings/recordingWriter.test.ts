import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { recordingSource } from '../../../../src/adapters/ami/recordings/recording.ts';
import { createRecordingWriter } from '../../../../src/adapters/ami/recordings/recordingWriter.ts';
import { hasCode } from '../../../../src/errors.ts';
import type { SourceItem } from '../../../../src/ports/pbxSource.ts';
import { recordedReadsOf } from '../../../support/recordedReadsOf.ts';
import { suite } from '../../../support/suite.ts';
import { inTemporaryFolder } from '../../../support/temporaryFolder.ts';

const test = suite('writing a recording');

const RECORDING = 'demo/inbound-queue.txt';

async function itemsOf(file: string): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of recordingSource(file, { pbx: 'main' }).items(new AbortController().signal)) items.push(item);
  return items;
}

/** Plays a recording into a new one. */
async function rewrite(from: string, to: string, pseudonymise: boolean): Promise<void> {
  const writer = createRecordingWriter(to, { pseudonymise });
  for (const { bytes, at } of await recordedReadsOf(from)) writer.write(bytes, at);
  writer.close();
}

test('what is written is what was received, with its times', async () => {
  await inTemporaryFolder(async (folder) => {
    await rewrite(RECORDING, join(folder, 'a.txt'), false);
    assert.equal(readFileSync(join(folder, 'a.txt')), readFileSync(RECORDING));
    assert.equal(await itemsOf(join(folder, 'a.txt')), await itemsOf(RECORDING));
  });
});

test('everything that was written is on disk before the end', async () => {
  await inTemporaryFolder(async (folder) => {
    const writer = createRecordingWriter(join(folder, 'a.txt'), { pseudonymise: false });
    for (const { bytes, at } of await recordedReadsOf(RECORDING)) writer.write(bytes, at);
    assert.equal(await itemsOf(join(folder, 'a.txt')), await itemsOf(RECORDING));
    writer.close();
  });
});

test('with other numbers and names, the events and their times stay', async () => {
  await inTemporaryFolder(async (folder) => {
    await rewrite(RECORDING, join(folder, 'a.txt'), true);
    const outline = (items: readonly SourceItem[]) =>
      items.map((item) => [item.kind, item.at, item.kind === 'frames' ? item.frames.map(({ event }) => event) : null]);
    assert.equal(outline(await itemsOf(join(folder, 'a.txt'))), outline(await itemsOf(RECORDING)));
    assert.is.not(readFileSync(join(folder, 'a.txt'), 'latin1'), readFileSync(RECORDING, 'latin1'));
  });
});

test('two recordings of the same bytes have different replacements', async () => {
  await inTemporaryFolder(async (folder) => {
    await rewrite(RECORDING, join(folder, 'a.txt'), true);
    await rewrite(RECORDING, join(folder, 'b.txt'), true);
    assert.is.not(readFileSync(join(folder, 'a.txt'), 'latin1'), readFileSync(join(folder, 'b.txt'), 'latin1'));
  });
});

test('a file that exists is never written over', async () => {
  await inTemporaryFolder((folder) => {
    for (const existing of ['a.txt', 'b.timing.jsonl']) {
      writeFileSync(join(folder, existing), 'mine');
      const file = join(folder, `${existing[0]}.txt`);
      assert.throws(
        () => createRecordingWriter(file, { pseudonymise: false }),
        (error: unknown) => hasCode(error, 'RECORDING_UNREADABLE') && error.message.includes('name another file'),
      );
      assert.is(readFileSync(join(folder, existing), 'utf8'), 'mine');
    }
    assert.equal(readdirSync(folder).sort(), ['a.txt', 'b.timing.jsonl']);
  });
});

test('its name must let its times be found', async () => {
  await inTemporaryFolder((folder) => {
    assert.throws(() => createRecordingWriter(join(folder, 'a.log'), { pseudonymise: false }), /must end in \.txt/);
  });
});

test('only its owner may read it', async () => {
  await inTemporaryFolder(async (folder) => {
    await rewrite(RECORDING, join(folder, 'a.txt'), false);
    assert.is(statSync(join(folder, 'a.txt')).mode & 0o777, 0o600);
  });
});

test.run();
