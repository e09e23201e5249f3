import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { makeDataFolder, toFolderError } from '../../dataFolder.ts';
import { policyOf } from '../../errorPolicy.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { isLocked } from '../../folderLock.ts';
import { toDatabaseError } from '../../postgres.ts';
import { createDatabase, readAccess, urlOf, writeAccess } from './access.ts';
import { findBinaries } from './binaries.ts';
import { initialise, isCluster, refuseUnusable } from './cluster.ts';
import { endOrphan } from './orphan.ts';
import { chooseOsUser } from './osUser.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';

/** Stands in `postgres.json` until the data exists. */
const NO_PORT_YET = 1;

export type EmbeddedPostgres = {
  readonly url: string;
  /** Fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** further `name=value` server settings */
  readonly settings?: readonly string[];
  /** gives the start up */
  readonly signal?: AbortSignal;
};

/**
 * Starts a PostgreSQL server of our own for a short while; see `startCluster`. It is not started again when it ends.
 * Errors: those of `startCluster`; `DATABASE_UNAVAILABLE` also while a `serve` that lives is starting its own again.
 */
export async function startEmbeddedPostgres(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  if (await isLocked(resolve(dataDir))) {
    const says = 'The PostgreSQL of a `commslog serve` on this DATA_DIR does not answer; that `serve` starts it again.';
    throw new CommslogError('DATABASE_UNAVAILABLE', says);
  }
  const { url, postmaster } = await startCluster(madeFolder(dataDir), options);
  return {
    url,
    async stop() {
      await postmaster.stop();
    },
  };
}

export type StartedCluster = {
  readonly url: string;
  readonly postmaster: Postmaster;
  /**
   * Starts it once more after its end, on the same port. Errors: `DATABASE_UNAVAILABLE`, `POSTGRES_DATA_GONE`,
   * `POSTGRES_VERSION_DIFFERS`.
   */
  startAgain(signal: AbortSignal): Promise<Postmaster>;
};

/** The folder of `dataDir`, made when it is missing. Errors: `DATA_DIR_UNUSABLE`. */
export function madeFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  makeDataFolder(folder);
  return folder;
}

/**
 * Starts a PostgreSQL server with its data in `<folder>/postgres` (made on first use), on a free loopback port.
 * `<folder>/postgres.json` (mode 0600) tells other commands how to reach it. A server that a killed process left behind
 * is ended first.
 * Errors: `DATA_DIR_IN_USE` when another `serve` uses the data, `DATA_DIR_UNREACHABLE`, `DATA_DIR_UNUSABLE` (a full disk,
 * say), `DATABASE_UNAVAILABLE` by what passes by itself, `DATABASE_REFUSED` by all else, `CONFIG_INVALID` without the programs,
 * `POSTGRES_DATA_GONE` when there was data before, `POSTGRES_VERSION_DIFFERS`.
 */
export async function startCluster(folder: string, options: EmbeddedOptions): Promise<StartedCluster> {
  try {
    return await start(folder, options);
  } catch (error) {
    throw toStartError(folder, error);
  }
}

/** What passes by itself, and what somebody has to do: by why PostgreSQL has ended, when it has. */
function toStartError(folder: string, error: unknown): unknown {
  if (!hasCode(error, 'DATABASE_UNAVAILABLE')) return toDatabaseError(toFolderError(folder, error));
  const { message, cause } = error;
  if (cause === undefined || policyOf(cause) === 'later') return error;
  const folderError = toFolderError(folder, cause);
  return folderError === cause ? new CommslogError('DATABASE_REFUSED', message, { cause }) : folderError;
}

async function start(folder: string, { settings = [], signal }: EmbeddedOptions): Promise<StartedCluster> {
  const cluster = join(folder, 'postgres');
  const binaries = findBinaries();
  const known = readAccess(folder);
  const hadData = known !== null && known.port !== NO_PORT_YET;
  if (hadData || isCluster(cluster)) refuseUnusable(cluster, binaries);
  await endOrphan(folder, cluster);
  const user = chooseOsUser(cluster, known !== null, [binaries.postgres, binaries.initdb]);
  const access = isCluster(cluster) ? known : null;
  const password = access?.password ?? randomBytes(24).toString('base64url');
  if (access === null) {
    // before the data exists: without its password a cluster is of no use
    writeAccess(folder, { port: NO_PORT_YET, password });
    await initialise(binaries, user, cluster, password);
  }
  const port = await freePort();
  writeAccess(folder, { port, password });
  const options = { postgres: binaries.postgres, user, cluster, port, settings };
  const postmaster = await startPostmaster(options, signal);
  const url = urlOf({ port, password });
  try {
    await createDatabase(url);
    signal?.throwIfAborted();
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
  return {
    url,
    postmaster,
    async startAgain(signal) {
      refuseUnusable(cluster, binaries);
      await endOrphan(folder, cluster);
      return await startPostmaster(options, signal);
    },
  };
}

/** A loopback port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
