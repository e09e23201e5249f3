import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startSystem } from '../http/support/system.ts';
import { suite } from '../support/suite.ts';
import { builtWeb } from './support/builtWeb.ts';

const test = suite('the size of the web app');

const MAX_FIRST_VIEW_BYTES = 220_000;

const folder = builtWeb();
const index = readFileSync(join(folder, 'index.html'), 'utf8');
const files = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
const system = await startSystem({ webDir: folder });
test.after(() => system.close());

test('scripts and styles of the first view arrive in less than 220 KB, and reports are not among them', async () => {
  assert.ok(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css')));
  assert.not.ok(files.some((file) => file.includes('Reports')));
  let bytes = 0;
  for (const path of files) {
    const { status, headers } = await system.ask({ path, headers: { 'accept-encoding': 'br, gzip' } });
    assert.is(status, 200);
    assert.is(headers['content-encoding'], 'gzip');
    assert.match(headers['content-type'] ?? '', path.endsWith('.js') ? /javascript/ : /css/);
    assert.is(headers['cache-control'], 'public, max-age=31536000, immutable');
    bytes += Number(headers['content-length']);
  }
  console.log(`first view: ${bytes} bytes of ${files.join(', ')}`);
  assert.ok(bytes < MAX_FIRST_VIEW_BYTES, `${bytes} bytes`);
});

test('who cannot read compressed files gets them as they are', async () => {
  const [path = ''] = files;
  const { headers, text } = await system.ask({ path, headers: { 'accept-encoding': 'identity' } });
  assert.is(headers['content-encoding'], undefined);
  assert.is(headers.vary?.includes('Accept-Encoding'), true);
  assert.is(text, readFileSync(join(folder, path), 'utf8'));
});

test.run();
