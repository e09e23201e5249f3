import { execFile } from 'node:child_process';
import { existsSync, lchownSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CommslogError } from '../../errors.ts';
import { writeOwn } from '../../ownFile.ts';
import { DATABASE } from './access.ts';
import { type Binaries, majorOf } from './binaries.ts';
import { type OsUser, runAs } from './osUser.ts';

/** The folder that holds the data of a PostgreSQL. */
export function isCluster(cluster: string): boolean {
  return existsSync(join(cluster, 'PG_VERSION'));
}

/** The major version of PostgreSQL that has written the data. */
export function writtenBy(cluster: string): string {
  return readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
}

/** Data of another version that is whole, and whose only way left is to take the place of the old one. */
export function upgradedFolder(cluster: string): string {
  return `${cluster}.upgraded`;
}

/**
 * Refuses data that the PostgreSQL of this program cannot read.
 * Errors: `POSTGRES_DATA_GONE`, `POSTGRES_VERSION_DIFFERS`.
 */
export function refuseUnusable(cluster: string, binaries: Binaries): void {
  if (!isCluster(cluster) && isCluster(upgradedFolder(cluster))) {
    const says = 'was interrupted at its last step: run the same command again.';
    throw new CommslogError('POSTGRES_VERSION_DIFFERS', `\`commslog upgrade-data\` ${says}`);
  }
  if (!isCluster(cluster)) {
    throw new CommslogError(
      'POSTGRES_DATA_GONE',
      `${cluster} holds no data of PostgreSQL any more. Put it back; to begin with an empty log, remove postgres.json beside it.`,
    );
  }
  const written = writtenBy(cluster);
  const own = majorOf(binaries);
  if (written === own) return;
  throw new CommslogError(
    'POSTGRES_VERSION_DIFFERS',
    `${cluster} was written by PostgreSQL ${written}, and this program comes with PostgreSQL ${own}. ` +
      'Nothing was changed. Carry the data over with `commslog upgrade-data`.',
  );
}

/**
 * Makes an empty cluster, whose only user has `password`. It is made beside its place, so that what a kill leaves of it is
 * never taken for one. Errors: `DATABASE_REFUSED`, those of a full disk by their code.
 */
export async function initialise({ initdb }: Binaries, user: OsUser, cluster: string, password: string): Promise<void> {
  const folder = dirname(cluster);
  const prefix = `${basename(cluster)}.new-`;
  const left = readdirSync(folder).filter((name) => name.startsWith(prefix));
  for (const name of left) rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  const making = mkdtempSync(join(folder, prefix));
  const passwordFile = join(folder, 'initdb.password');
  writeOwn(passwordFile, password, user.ids);
  if (user.ids !== null) lchownSync(making, user.ids.uid, user.ids.gid);
  const { command, args, options } = runAs(user, initdb, [
    `--pgdata=${making}`,
    `--username=${DATABASE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // C.UTF-8 of PostgreSQL itself: knows the letters of every script and needs no locale of the system
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  try {
    await untilDone(command, args, options);
    rmSync(cluster, { recursive: true, force: true });
    renameSync(making, cluster);
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    const said = saidBy(cause);
    if (said.includes('No space left on device')) throw Object.assign(new Error(said), { code: 'ENOSPC' });
    const why = `PostgreSQL could not be set up in ${cluster}: ${said.split('\n').at(-1) ?? ''}`;
    throw new CommslogError('DATABASE_REFUSED', why, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function untilDone(...[command, args, options]: SpawnArguments): Promise<void> {
  const running = promisify(execFile)(command, args, options);
  // this process may end meanwhile
  const leave = () => running.child.kill();
  process.once('exit', leave);
  try {
    await running;
  } finally {
    process.off('exit', leave);
  }
}

type SpawnArguments = [command: string, args: string[], options: ReturnType<typeof runAs>['options']];

function saidBy(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim();
}
