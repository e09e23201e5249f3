import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { readHeard } from '../../../src/listening/heard.ts';
import { Journal } from '../../../src/listening/journal/journal.ts';
import { FORMAT, HEADER } from '../../../src/listening/journal/line.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('the formats of the journal');
const fixtures = fileURLToPath(new URL('../../fixtures/journal', import.meta.url));
const open = (folder: string) => Journal.open({ folder, logger: pino({ level: 'silent' }) });

async function heardIn(journal: Journal): Promise<unknown[]> {
  await journal.end();
  const heard: unknown[] = [];
  for await (const { record } of journal.read(new AbortController().signal)) heard.push(readHeard(record));
  await journal.close();
  return heard;
}

const filesOf = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]);

function headerOf(format: number): string {
  const json = JSON.stringify({ format });
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

test('a journal of every format that there ever was is read, with a record that was written twice and one that is damaged', async () => {
  for (let format = 1; format <= FORMAT; format += 1) {
    await inTemporaryFolder(async (folder) => {
      cpSync(join(fixtures, `format-${format}`), folder, { recursive: true });
      const journal = await open(folder);
      const expected = JSON.parse(readFileSync(join(fixtures, `format-${format}.heard.json`), 'utf8'));
      assert.equal(await heardIn(journal), expected, `format ${format}`);
      assert.is(journal.state().damaged, format === 1 ? 1 : 0);
    });
  }
});

test('what is heard after an upgrade stands behind what the older program has left', () =>
  inTemporaryFolder(async (folder) => {
    cpSync(join(fixtures, 'format-1'), folder, { recursive: true });
    const before = await open(folder);
    const again = { kind: 'clock', connection: '0b8f6c1e-6f0e-5b1a-9c39-5d1f0a7a1c01', at: 1, clockOffsetMs: 2 };
    await before.append(again);
    await before.end();
    await before.close();
    assert.equal((await heardIn(await open(folder))).at(-1), again);
  }));

test('every file tells its format first', () =>
  inTemporaryFolder(async (folder) => {
    const journal = await open(folder);
    await journal.append({ is: 1 });
    await journal.end();
    await journal.close();
    const [name = ''] = readdirSync(folder).filter((name) => name.endsWith('.journal'));
    assert.ok(readFileSync(join(folder, name)).subarray(0, HEADER.length).equals(HEADER));
    assert.is(HEADER.toString(), headerOf(FORMAT));
  }));

test('a newer format is refused with what to do, and nothing of it is changed', () =>
  inTemporaryFolder(async (folder) => {
    cpSync(join(fixtures, `format-${FORMAT}`), folder, { recursive: true });
    writeFileSync(
      join(folder, '0000000009.journal'),
      `${headerOf(FORMAT + 1)}what only a newer program reads\nand a torn e`,
    );
    const before = filesOf(folder);
    for (let tries = 0; tries < 2; tries += 1) {
      const refusal = await open(folder).catch((error: unknown) => error);
      assert.ok(hasCode(refusal, 'SCHEMA_TOO_NEW'), String(refusal));
      assert.match(refusal.message, `format ${FORMAT + 1}, this one knows ${FORMAT}`);
      assert.match(refusal.message, 'Start that version again');
    }
    assert.equal(filesOf(folder), before);
  }));

test.run();
