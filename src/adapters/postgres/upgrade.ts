import { renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { syncFolder, toFolderError } from '../../dataFolder.ts';
import { CommslogError } from '../../errors.ts';
import { lockFolder } from '../../folderLock.ts';
import { type Access, createDatabase, readAccess, urlOf } from './access.ts';
import { type Binaries, binariesIn, findBinaries, howToInstall, majorOf } from './binaries.ts';
import { initialise, isCluster, upgradedFolder, writtenBy } from './cluster.ts';
import { freePort } from './embedded.ts';
import { endOrphan } from './orphan.ts';
import { chooseOsUser, type OsUser } from './osUser.ts';
import { type PostmasterOptions, startPostmaster } from './postmaster.ts';

/** Nothing may be written into the old data. */
const READ_ONLY = ['default_transaction_read_only=on', 'autovacuum=off'];

export type UpgradeOptions = {
  /** where the programs of the other version are; see `binariesIn` */
  readonly binaries: string | null;
  /** from the version of this program to the other one */
  readonly isBack: boolean;
  /** for the name under which the old data is kept */
  readonly now: string;
};

/** `carried`: what `carry` gave; `kept`: the folder of the old data. */
export type Upgraded<T> =
  | {
      readonly kind: 'upgraded';
      readonly from: string;
      readonly to: string;
      readonly kept: string;
      readonly carried: T;
    }
  /** the last step of an earlier run, which was interrupted before it */
  | { readonly kind: 'finished'; readonly to: string }
  /** the data is of the wanted version */
  | { readonly kind: 'nothing'; readonly to: string };

type Carry<T> = (from: string, to: string) => Promise<T>;

/**
 * Makes data of another major version of PostgreSQL beside `<dataDir>/postgres`, lets `carry` fill it from the old server's
 * URL to the new one's, then puts it into its place and keeps the old data under another name. Until then the old data stays
 * where it is: after a failure or a kill the same can be done again.
 * Errors: `DATA_DIR_IN_USE`, `CONFIG_INVALID`, `POSTGRES_DATA_GONE`, `DATA_DIR_UNUSABLE`, `DATABASE_UNAVAILABLE`, those of
 * `carry`.
 */
export async function upgradeCluster<T>(
  dataDir: string,
  options: UpgradeOptions,
  carry: Carry<T>,
): Promise<Upgraded<T>> {
  const folder = resolve(dataDir);
  const access = readAccess(folder);
  if (access === null) throw new CommslogError('CONFIG_INVALID', `${folder} has no data of an embedded PostgreSQL.`);
  const lock = await lockFolder(folder, 'A `commslog serve` or another command uses this DATA_DIR: stop it first.');
  try {
    return await upgrade(folder, access, options, carry);
  } catch (error) {
    throw toFolderError(folder, error);
  } finally {
    await lock.release();
  }
}

async function upgrade<T>(
  folder: string,
  access: Access,
  { binaries, isBack, now }: UpgradeOptions,
  carry: Carry<T>,
): Promise<Upgraded<T>> {
  const cluster = join(folder, 'postgres');
  const whole = upgradedFolder(cluster);
  const own = findBinaries();
  if (!isCluster(cluster)) return await finish(cluster, whole);
  const from = writtenBy(cluster);
  if (!isBack && from === majorOf(own)) return { kind: 'nothing', to: from };
  const other = otherBinaries(binaries, isBack ? null : from);
  const [reader, writer] = isBack ? [own, other] : [other, own];
  const to = majorOf(writer);
  if (from === to) return { kind: 'nothing', to };
  if (from !== majorOf(reader)) {
    const says = `${cluster} was written by PostgreSQL ${from}, and the programs to read it are of ${majorOf(reader)}.`;
    throw new CommslogError('CONFIG_INVALID', says);
  }
  const making = `${cluster}.upgrading`;
  // a run that was killed leaves both
  for (const data of [cluster, making]) await endOrphan(folder, data);
  const user = chooseOsUser(cluster, true, [reader.postgres, writer.postgres, writer.initdb]);
  rmSync(whole, { recursive: true, force: true });
  const carried = await made(making, async () => {
    await initialise(writer, user, making, access.password);
    return running({ ...reader, user, cluster, settings: READ_ONLY }, access, (source) =>
      running({ ...writer, user, cluster: making, settings: [] }, access, async (target) => {
        await createDatabase(target);
        return await carry(source, target);
      }),
    );
  });
  const kept = `${cluster}-${from}-${now}`;
  renameSync(making, whole);
  renameSync(cluster, kept);
  await finish(cluster, whole);
  return { kind: 'upgraded', from, to, kept, carried };
}

async function finish(cluster: string, whole: string): Promise<Upgraded<never>> {
  if (!isCluster(whole)) throw new CommslogError('POSTGRES_DATA_GONE', `${cluster} holds no data of PostgreSQL.`);
  renameSync(whole, cluster);
  await syncFolder(dirname(cluster));
  return { kind: 'finished', to: writtenBy(cluster) };
}

function otherBinaries(folder: string | null, major: string | null): Binaries {
  if (folder !== null) return binariesIn(resolve(folder));
  const install = major === null ? '' : ` Get them with \`${howToInstall(major, `./postgres-${major}`)}\`.`;
  throw new CommslogError(
    'CONFIG_INVALID',
    `Name the folder with the programs of ${major === null ? 'the other version' : `PostgreSQL ${major}`} by --binaries.${install}`,
  );
}

/** What `work` gives. What it has made is taken away when it fails: it may have filled the disk. */
async function made<T>(making: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}

/** Runs a server for as long as `work` takes. */
async function running<T>(
  options: Omit<PostmasterOptions, 'port'> & { readonly user: OsUser },
  { password }: Access,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const postmaster = await startPostmaster({ ...options, port });
  try {
    return await work(urlOf({ port, password }));
  } finally {
    await postmaster.stop();
  }
}
