import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder with the web app as it is built from the sources now; built once, whoever of the test files comes first. */
export async function builtWeb(): Promise<string> {
  const folder = join(tmpdir(), `commslog-web-${hashOfSources()}`);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(join(tmpdir(), 'commslog-web-build-'));
  await build({ root: `${root}web`, logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } });
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
