import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { type Served, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('errors that nobody catches', { deadlineMs: 120_000 });

const SECRET_TEXT = 'Maria +306912345678';
/** A package that makes a mistake when the process gets the signal. */
const MISTAKES = `
  const mistake = () => new RangeError('of ${SECRET_TEXT}');
  process.on('SIGUSR2', () => { Promise.reject(mistake()); });
  process.on('SIGHUP', () => { throw mistake(); });
`;

async function serving(work: (served: Served) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    const module = `data:text/javascript,${encodeURIComponent(MISTAKES)}`;
    const settings = { DATA_DIR: join(folder, 'data'), HTTP_PORT: '0', DEMO: 'off' };
    await work(await startServe({ ...settings, NODE_OPTIONS: `--import=${module}` }));
  });
}

test('a rejected promise is logged without its text, everything goes on, and the exit code tells it', () =>
  serving(async (served) => {
    served.process.kill('SIGUSR2');
    await eventually('it is logged', () => served.stderr().includes('a promise was rejected'));
    assert.match(served.stderr(), '"error":"RangeError"');
    assert.is((await fetch(`${served.url}/livez`)).status, 200);
    assert.is(await served.stop(), 1);
    assert.not.match(served.stderr(), SECRET_TEXT);
  }));

test('a thrown error is logged without its text, everything is closed in order, and the exit code tells it', () =>
  serving(async (served) => {
    assert.is(await served.stop('SIGHUP'), 1);
    assert.match(served.stderr(), 'an error was thrown that nobody caught');
    assert.match(served.stderr(), '"error":"RangeError"');
    assert.not.match(served.stderr(), SECRET_TEXT);
    assert.not.match(served.stderr(), 'did not close in good order');
  }));

test.run();
