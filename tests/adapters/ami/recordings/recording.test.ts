import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { recordingSource } from '../../../../src/adapters/ami/recordings/recording.ts';
import { microsOfSeconds, toRfc3339 } from '../../../../src/domain/time.ts';
import { CommslogError } from '../../../../src/errors.ts';
import type { SourceItem } from '../../../../src/ports/pbxSource.ts';
import { framed } from '../../../support/framed.ts';
import { suite } from '../../../support/suite.ts';
import { inTemporaryFolder } from '../../../support/temporaryFolder.ts';

const test = suite('a recording as a source');

const RECORDING = 'demo/inbound-transferred.txt';
const TIMES = 'demo/inbound-transferred.timing.jsonl';
const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
const HANGUP = 'Event: Hangup\r\nUniqueid: 1.1\r\n\r\n';

async function itemsOf(file: string, signal = new AbortController().signal): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of recordingSource(file, { pbx: 'main' }).items(signal)) items.push(item);
  return items;
}

/** Why a recording of these bytes and times cannot be read. */
async function problem(transcript: Buffer | string, times?: string): Promise<string> {
  return inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'ami.txt'), transcript);
    if (times !== undefined) writeFileSync(join(folder, 'ami.timing.jsonl'), times);
    return problemOf(join(folder, 'ami.txt'));
  });
}

async function problemOf(file: string): Promise<string> {
  try {
    await itemsOf(file);
  } catch (error) {
    const isTooOld = error instanceof CommslogError && error.message.includes('Asterisk 12');
    assert.ok(error instanceof CommslogError && error.code === (isTooOld ? 'AMI_TOO_OLD' : 'RECORDING_UNREADABLE'));
    return error.message;
  }
  return assert.unreachable('it was read') as never;
}

function framesOf(items: readonly SourceItem[]) {
  return items.flatMap((item) => (item.kind === 'frames' ? item.frames : []));
}

test('it begins connected, ends stopped, and gives every frame between', async () => {
  const items = await itemsOf(RECORDING);
  assert.is(items[0]?.kind, 'connected');
  assert.is(items[0]?.kind === 'connected' && items[0].amiVersion, '11.0.0');
  const last = items.at(-1);
  assert.ok(last?.kind === 'disconnected');
  assert.is(last.reason, 'STOPPED');
  assert.is(last.pbxWentDown, false);
  assert.equal(framesOf(items), framed(readFileSync(RECORDING)).frames);
});

test('each read of the socket is one item, with the time of that read', async () => {
  const bytes = readFileSync(RECORDING);
  const reads = readFileSync(TIMES, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [number, number, number]);
  const banner = bytes.subarray(0, bytes.indexOf('\n') + 1);
  const expected = reads.flatMap(([offset, length, at]) => {
    const { frames } = framed(banner, bytes.subarray(Math.max(offset, banner.length), offset + length));
    return frames.length > 0 ? [{ kind: 'frames', at: microsOfSeconds(at), saidAfter: null, frames }] : [];
  });
  const items = await itemsOf(RECORDING);
  assert.equal(
    items.filter(({ kind }) => kind === 'frames'),
    expected,
  );
  assert.is(items[0]?.at, microsOfSeconds(reads[0]?.[2] ?? 0));
  assert.is(items.at(-1)?.at, microsOfSeconds(reads.at(-1)?.[2] ?? 0));
});

test('a frame in several reads has the time of the one that completed it', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), BANNER + HANGUP);
    const reads = [...(BANNER + HANGUP)].map((_, at) => `[${at}, 1, ${1_000_000_000 + at}.5]`);
    writeFileSync(join(folder, 'a.timing.jsonl'), reads.join('\n'));
    const [, frames] = await itemsOf(join(folder, 'a.txt'));
    assert.is(frames?.at, microsOfSeconds(`${1_000_000_000 + BANNER.length + HANGUP.length - 1}.5`));
  });
});

test('packed or not, transcript and times read the same', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt.gz'), gzipSync(readFileSync(RECORDING)));
    writeFileSync(join(folder, 'a.timing.jsonl.gz'), gzipSync(readFileSync(TIMES)));
    assert.equal(await itemsOf(join(folder, 'a.txt.gz')), await itemsOf(RECORDING));
  });
});

test('without a timing file nothing has a time', async () => {
  await inTemporaryFolder(async (folder) => {
    copyFileSync(RECORDING, join(folder, 'a.txt'));
    const items = await itemsOf(join(folder, 'a.txt'));
    assert.equal(new Set(items.map(({ at }) => at)), new Set([null]));
    assert.equal(framesOf(items), framed(readFileSync(RECORDING)).frames);
  });
});

test('a recording that ends within a frame says that the connection was lost', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, `${BANNER}${HANGUP}Event: Hangup\r\nUni`);
    const source = recordingSource(file, { pbx: 'main' });
    const items: SourceItem[] = [];
    for await (const item of source.items(new AbortController().signal)) items.push(item);
    const last = items.at(-1);
    assert.is(last?.kind === 'disconnected' && last.reason, 'AMI_CONNECTION_LOST');
    assert.is(framesOf(items).length, 1);
    assert.is(source.state().counts.torn_frames, 1);
  });
});

test('a PBX that said it goes down, went down', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), `${BANNER}Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n`);
    const last = (await itemsOf(join(folder, 'a.txt'))).at(-1);
    assert.is(last?.kind === 'disconnected' && last.pbxWentDown, true);
  });
});

test('what its listener asked for is no event: a channel that a list named is one that was seen', async () => {
  await inTemporaryFolder(async (folder) => {
    const asked = 'ActionID: commslog-0123456789ab-4\r\n';
    const status = `Event: Status\r\n${asked}Uniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n`;
    const others = 'Event: Status\r\nActionID: of-another-client\r\nUniqueid: 1.2\r\n\r\n';
    const end = `Event: StatusComplete\r\n${asked}EventList: Complete\r\n\r\n`;
    writeFileSync(join(folder, 'a.txt'), `${BANNER}Response: Success\r\n${asked}\r\n${status}${others}${end}`);
    const items = await itemsOf(join(folder, 'a.txt'));
    assert.equal(
      items.map(({ kind }) => kind),
      ['connected', 'frames', 'seen', 'disconnected'],
    );
    assert.is(framesOf(items).length, 1);
    const seen = items.find(({ kind }) => kind === 'seen');
    assert.equal(seen?.kind === 'seen' && seen.channels.map((fields) => fields.at(-1)), [['Linkedid', '1.1']]);
  });
});

test('a recording without a banner, or of nothing, is one too', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), HANGUP);
    writeFileSync(join(folder, 'b.txt'), '');
    const [connected, frames] = await itemsOf(join(folder, 'a.txt'));
    assert.is(connected?.kind === 'connected' && connected.amiVersion, null);
    assert.is(frames?.kind, 'frames');
    assert.equal(
      (await itemsOf(join(folder, 'b.txt'))).map(({ kind }) => kind),
      ['connected', 'disconnected'],
    );
  });
});

test('bytes that the times do not reach came at the last time', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), BANNER + HANGUP + HANGUP);
    writeFileSync(join(folder, 'a.timing.jsonl'), `[0, ${BANNER.length}, 1795400823.930189]\n`);
    const items = await itemsOf(join(folder, 'a.txt'));
    assert.is(framesOf(items).length, 2);
    const at = items[1]?.at;
    assert.is(at === null || at === undefined ? at : toRfc3339(at), '2026-11-23T02:27:03.930189Z');
  });
});

test('times that reach further than the bytes are not used', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), readFileSync(RECORDING).subarray(0, 5_000));
    copyFileSync(TIMES, join(folder, 'a.timing.jsonl'));
    assert.equal(
      framesOf(await itemsOf(join(folder, 'a.txt'))),
      framed(readFileSync(RECORDING).subarray(0, 5_000)).frames,
    );
  });
});

test('it can be stopped, and played again from the start', async () => {
  const stop = new AbortController();
  const source = recordingSource(RECORDING, { pbx: 'main' });
  const kinds: string[] = [];
  for await (const item of source.items(stop.signal)) {
    kinds.push(item.kind);
    stop.abort();
  }
  assert.equal(kinds, ['connected', 'disconnected']);
  assert.is(source.state().state, 'stopped');
  const again: SourceItem[] = [];
  for await (const item of source.items(new AbortController().signal)) again.push(item);
  assert.equal(again, await itemsOf(RECORDING));
});

test('what cannot be read is named, with what to do', async () => {
  assert.match(await problemOf('demo/there-is-none.txt'), /there-is-none\.txt: there is no such file/);
  assert.match(await problem('a'.repeat(70_000)), /ami\.txt: it is damaged or no transcript of AMI/);
  await inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, 'folder.txt'));
    assert.match(await problemOf(join(folder, 'folder.txt')), /it is a folder; name the transcript in it/);
    const packed = gzipSync(readFileSync(RECORDING));
    writeFileSync(join(folder, 'cut.txt.gz'), packed.subarray(0, packed.length / 2));
    assert.match(await problemOf(join(folder, 'cut.txt.gz')), /cut\.txt\.gz: its end is missing/);
    writeFileSync(join(folder, 'plain.txt.gz'), readFileSync(RECORDING));
    assert.match(await problemOf(join(folder, 'plain.txt.gz')), /it is no gzip file or is damaged/);
  });
});

test('what is no transcript is no recording; one of which nothing or no event was heard is', async () => {
  const files = ['package.json', 'README.md'].map((name) => readFileSync(name));
  for (const other of [...files, 'just words', 'to: you\n\nfrom: me\n\n', '\n'.repeat(9)]) {
    assert.match(await problem(other), 'there is no AMI in it');
  }
  for (const heard of ['', 'A', 'Asterisk Call Manager/9.', BANNER, 'Ev', 'Event: Hang', 'Response: Success\r\n\r\n']) {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'ami.txt'), heard);
      assert.is((await itemsOf(join(folder, 'ami.txt'))).at(-1)?.kind, 'disconnected', heard);
    });
  }
});

test('what an Asterisk before 12 said is refused, which does not say what is one call', async () => {
  const opened = 'Event: Newchannel\r\nChannel: SIP/1-1\r\nUniqueid: 1.1\r\n\r\n';
  for (const old of ['Asterisk Call Manager/1.3\r\n', opened, `Asterisk Call Manager Proxy/1.22\r\n${opened}`]) {
    assert.match(await problem(old), 'Asterisk 12 or newer is needed');
  }
});

test('a timing file that is broken is named with its line', async () => {
  const transcript = BANNER + HANGUP;
  for (const line of ['[30, 1]', '[30, -1, 1]', '{"a": 1}', 'x', '[30, 1, "1"]', '[30, 1, -5]']) {
    const message = await problem(transcript, `[0, 30, 1795400823.93]\n${line}\n`);
    assert.match(message, /ami\.timing\.jsonl: line 2 is not \[offset, length, unix time\]/, line);
  }
  assert.match(await problem(transcript, '[0, 10, 1]\n[12, 5, 2]\n'), /line 2 begins at byte 12, but .* ends at 10/);
  assert.match(await problem(transcript, 'x'.repeat(100_000)), /it is no timing file/);
});

test('a big recording takes no more memory than a small one', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'big.txt');
    const bytes = readFileSync(RECORDING);
    const calls = bytes.subarray(bytes.indexOf('\n') + 1);
    const times = 1_500;
    writeFileSync(file, Buffer.concat([Buffer.from(BANNER), ...Array.from({ length: times }, () => calls)]));
    const before = process.memoryUsage().arrayBuffers;
    let frames = 0;
    let most = 0;
    for await (const item of recordingSource(file, { pbx: 'main' }).items(new AbortController().signal)) {
      if (item.kind === 'frames') frames += item.frames.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.is(frames, framed(bytes).frames.length * times);
    assert.ok(most < 16_000_000, `${most} bytes of buffers for ${times * calls.length} of input`);
  });
});

test.run();
