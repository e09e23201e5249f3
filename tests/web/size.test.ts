import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { builtWeb } from './support/builtWeb.ts';

const test = suite('the size of the web app');

const MAX_FIRST_VIEW_BYTES = 220_000;

test('scripts and styles of the first view are less than 220 KB, compressed, and reports are not among them', () => {
  const folder = builtWeb();
  const index = readFileSync(join(folder, 'index.html'), 'utf8');
  const files = [...index.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  assert.ok(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css')));
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  console.log(`first view: ${bytes} bytes of ${files.join(', ')}`);
  assert.ok(bytes < MAX_FIRST_VIEW_BYTES, `${bytes} bytes`);
  assert.not.ok(files.some((file) => file.includes('Reports')));
});

test.run();
