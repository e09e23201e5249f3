import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { servingFindings } from '../../../src/cli/doctor/servingFindings.ts';
import { loadConfig } from '../../../src/config.ts';
import { Journal } from '../../../src/listening/index.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('what doctor says of serve');

const configOf = (folder: string) =>
  loadConfig({ DATA_DIR: folder, AMI_HOST: '127.0.0.1', AMI_USERNAME: 'crm', AMI_PASSWORD: 'secret' });

/** Leaves three records in the journal, of which so many are stored. */
async function leave(folder: string, stored: number): Promise<void> {
  const journal = await Journal.open({ folder: join(folder, 'journal', 'pbx'), logger: pino({ level: 'silent' }) });
  for (const n of [0, 1, 2]) await journal.append({ n });
  await journal.end();
  const signal = new AbortController().signal;
  for await (const { end, number } of journal.read(signal)) if (number < stored) journal.release(end, number + 1);
  await journal.close();
}

test('nothing where none has ever run', () =>
  inTemporaryFolder(async (folder) => {
    assert.equal(await servingFindings(configOf(folder)), []);
  }));

test('that the last one does not answer, and what to do', () =>
  inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'serve.json'), JSON.stringify({ url: 'http://127.0.0.1:1' }));
    const [finding, ...others] = await servingFindings(configOf(folder));
    assert.match(finding?.what ?? '', 'does not answer');
    assert.match(finding?.advice ?? '', 'nobody listens to the PBX');
    assert.equal(others, []);
  }));

test('what the last one has left in the journal, and only that', () =>
  inTemporaryFolder(async (folder) => {
    await leave(folder, 2);
    const [finding] = await servingFindings(configOf(folder));
    assert.is(finding?.level, 'warn');
    assert.match(finding?.what ?? '', 'PBX pbx: 1 kB of what it said wait in the journal');
  }));

test('nothing of a journal whose every record is stored', () =>
  inTemporaryFolder(async (folder) => {
    await leave(folder, 3);
    assert.equal(await servingFindings(configOf(folder)), []);
  }));

test.run();
