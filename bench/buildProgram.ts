import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Built = {
  /** where its compiled files are */
  readonly dist: string;
  remove(): void;
};

/** Builds the program as it is shipped, into a folder of its own. */
export function buildProgram(): Built {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  const dist = join(folder, 'dist');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist]);
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { dist, remove: () => rmSync(folder, { recursive: true }) };
}
