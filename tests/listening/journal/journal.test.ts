import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { Journal, type Kept } from '../../../src/listening/journal/journal.ts';
import { MemoryBudget } from '../../../src/listening/memoryBudget.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('the journal', { deadlineMs: 60_000 });
const logger = pino({ level: 'silent' });
const open = (folder: string, options: { maxBytes?: number; segmentBytes?: number } = {}) =>
  Journal.open({ folder, logger, ...options });

async function readSome(journal: Journal, count: number): Promise<Kept[]> {
  const stop = new AbortController();
  const read: Kept[] = [];
  if (count === 0) return read;
  for await (const kept of journal.read(stop.signal)) {
    read.push(kept);
    if (read.length === count) stop.abort();
  }
  return read;
}

/** All that is there; nothing can be appended after. */
async function readAll(journal: Journal): Promise<unknown[]> {
  await journal.end();
  const read: unknown[] = [];
  for await (const { record } of journal.read(new AbortController().signal)) read.push(record.is);
  await journal.close();
  return read;
}

async function close(journal: Journal): Promise<number> {
  const untaken = await journal.end();
  await journal.close();
  return untaken;
}

const files = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.journal'));
const newest = (folder: string) => {
  const name = files(folder)
    .filter((name) => statSync(join(folder, name)).size > 0)
    .sort()
    .at(-1);
  if (name === undefined) throw new Error('the journal is empty');
  return join(folder, name);
};

test('what was appended is read in order, also by the next process', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    await Promise.all([1, 2, 3].map((is) => journal.append({ is })));
    assert.equal(
      (await readSome(journal, 3)).map(({ record }) => record.is),
      [1, 2, 3],
    );
    assert.is(await close(journal), 0);
    const next = await open(folder);
    assert.equal(await readAll(next), [1, 2, 3]);
  }));

test('what was released is not read again, and its files are given back', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder, { segmentBytes: 100 });
    for (let is = 0; is < 20; is += 1) await journal.append({ is });
    const [tenth] = (await readSome(journal, 10)).slice(-1);
    if (tenth === undefined) throw new Error('nothing was read');
    const before = journal.state().bytes;
    journal.release(tenth.end, tenth.number + 1);
    assert.ok(journal.state().bytes < before);
    await close(journal);
    const next = await open(folder, { segmentBytes: 100 });
    assert.equal(await readAll(next), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    assert.ok(files(folder).length < 20);
  }));

test('cut off at any byte, every record before it is there once and in order, and new ones follow', () =>
  inTemporaryFolder(async (folder) => {
    const whole = join(folder, 'whole');
    const journal = await open(whole);
    const ends: number[] = [];
    for (const is of ['a', 'long '.repeat(40), 'ν\nλ']) {
      await journal.append({ is });
      ends.push(statSync(newest(whole)).size);
    }
    await close(journal);
    const size = ends.at(-1) ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size }), async (bytes) => {
        const cut = mkdtempSync(join(folder, 'cut-'));
        cpSync(whole, cut, { recursive: true });
        truncateSync(newest(cut), bytes);
        const after = await open(cut);
        await after.append({ is: 'new' });
        const expected = ['a', 'long '.repeat(40), 'ν\nλ'].filter((_, index) => (ends[index] ?? 0) <= bytes);
        assert.equal(await readAll(after), [...expected, 'new']);
        assert.is(after.state().damaged, 0);
      }),
      { numRuns: 60 },
    );
  }));

test('a damaged record in the middle is set aside and counted, all others are read', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    for (let is = 0; is < 5; is += 1) await journal.append({ is });
    await close(journal);
    const bytes = readFileSync(newest(folder));
    const at = bytes.indexOf('[2,');
    bytes[at + 4] = 0;
    writeFileSync(newest(folder), bytes);
    const next = await open(folder);
    assert.equal(await readAll(next), [0, 1, 3, 4]);
    assert.is(next.state().damaged, 1);
    const [aside = ''] = readdirSync(join(folder, 'damaged'));
    assert.ok(bytes.includes(readFileSync(join(folder, 'damaged', aside))));
    assert.is(statSync(join(folder, 'damaged', aside)).mode & 0o777, 0o600);
  }));

test('a record that was written twice is read once', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    for (let is = 0; is < 3; is += 1) await journal.append({ is });
    await close(journal);
    const bytes = readFileSync(newest(folder));
    // as after a failed sync: the tail of one file stands again in the next one
    writeFileSync(join(folder, '0000000007.journal'), bytes.subarray(bytes.indexOf('\n') + 1));
    const next = await open(folder);
    await next.append({ is: 3 });
    assert.equal(await readAll(next), [0, 1, 2, 3]);
  }));

test('when it is full there is no room before something is released', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder, { maxBytes: 300, segmentBytes: 100 });
    const signal = new AbortController().signal;
    let appended = 0;
    while (!journal.state().isFull) {
      await journal.room(signal);
      await journal.append({ is: appended });
      appended += 1;
    }
    let hasRoom = false;
    const room = journal.room(signal).then(() => {
      hasRoom = true;
    });
    const read = await readSome(journal, appended);
    assert.not(hasRoom);
    const last = read.at(-1);
    if (last) journal.release(last.end, last.number + 1);
    await room;
    await close(journal);
  }));

test('a second one on the same folder is refused while the first is open', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    const refusal = await open(folder).catch((error: unknown) => error);
    assert.ok(hasCode(refusal, 'DATA_DIR_IN_USE'));
    await close(journal);
    await close(await open(folder));
  }));

test('what the disk does not have yet counts in the memory of all PBXs, until it has it', () =>
  inTemporaryFolder(async (folder) => {
    const memory = new MemoryBudget(2, { frames: 8, bytes: 1_000_000 }).share();
    const journal = await Journal.open({ folder, logger, memory });
    const written = [1, 2, 3, 4, 5, 6].map((is) => journal.append({ is }));
    assert.is(memory.held().frames, 6);
    assert.not(memory.hasRoom());
    await journal.room(new AbortController().signal);
    await Promise.all(written);
    assert.equal(memory.held(), { frames: 0, bytes: 0 });
    await close(journal);
  }));

test('what is released after it was closed changes nothing: the folder may be another process’s', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    await journal.append({ is: 1 });
    const [first] = await readSome(journal, 1);
    await close(journal);
    if (first) journal.release(first.end, first.number + 1);
    assert.equal(await readAll(await open(folder)), [1]);
    assert.not(readdirSync(folder).includes('released.json'));
  }));

test('files are for their owner alone', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(join(folder, 'journal'));
    await journal.append({ is: 1 });
    await close(journal);
    assert.is(statSync(join(folder, 'journal')).mode & 0o777, 0o700);
    assert.is(statSync(newest(join(folder, 'journal'))).mode & 0o777, 0o600);
  }));

test.run();
