import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** of this checkout: in a folder that several users share, one could not read what another has built */
const cache = join(root, 'node_modules/.cache/commslog');

/** A folder with the web app as it is built from the sources now; built once, whoever of the test files comes first. */
export function builtWeb(): string {
  const folder = join(cache, `web-${hashOfSources()}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'build-'));
  const vite = `${root}node_modules/vite/bin/vite.js`;
  execFileSync(
    process.execPath,
    [vite, 'build', `${root}web`, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'],
    {
      // the tests' own would build the libraries as for development
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    // another test file was quicker
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(`${root}package-lock.json`));
  for (const path of readdirSync(`${root}web`, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = `${root}web/${path}`;
    if (statSync(file).isFile()) hash.update(path).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}
