import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';
import { connectionSettings } from '../../postgres.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { chooseOsUser, type OsUser } from './osUser.ts';
import { refuseWhileServed } from './serveLock.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
const KEPT_LOG_BYTES = 4_000;

const DATABASE = 'commslog';
const USER = 'commslog';

const accessSchema = z.object({ port: z.int().min(1).max(65_535), password: z.string().min(1) });

export type EmbeddedPostgres = {
  readonly url: string;
  /** Fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** further `name=value` server settings */
  readonly settings?: readonly string[];
};

/**
 * Starts a PostgreSQL server of our own with its data in `<dataDir>/postgres` (made on first use), on a free loopback
 * port. `<dataDir>/postgres.json` (mode 0600) tells other commands how to reach it. A server that a killed process left
 * behind is ended first.
 * Errors: `DATA_DIR_IN_USE` when another `serve` uses the data, `DATA_DIR_UNREACHABLE`, `DATABASE_UNAVAILABLE`.
 */
export async function startEmbeddedPostgres(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir);
  const cluster = join(folder, 'postgres');
  const binaries = findBinaries();
  // every secret in it is a file of mode 0600; a PostgreSQL that runs as another user must be able to pass
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  await endOrphan(folder, cluster);
  const user = chooseOsUser(cluster, [binaries.postgres, binaries.initdb]);
  const access = existsSync(join(cluster, 'PG_VERSION')) ? readAccess(folder) : null;
  const password = access?.password ?? randomBytes(24).toString('base64url');
  if (access === null) await initialise(binaries, user, folder, cluster, password);
  const port = await freePort();
  writeAccess(folder, { port, password });
  const server = await launch(binaries, user, cluster, port, options.settings ?? []);
  const url = urlOf({ port, password });
  await createDatabase(url);
  return { url, stop: () => stopServer(server) };
}

/** The URL of the embedded server that runs on `dataDir`, or null when none answers. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const access = readAccess(resolve(dataDir));
  if (access === null) return null;
  return (await answers(urlOf(access))) ? urlOf(access) : null;
}

function urlOf({ port, password }: z.infer<typeof accessSchema>, database = DATABASE): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

function readAccess(folder: string): z.infer<typeof accessSchema> | null {
  const file = join(folder, 'postgres.json');
  if (!existsSync(file)) return null;
  try {
    return accessSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new CommslogError(
      'CONFIG_INVALID',
      `${file} is damaged: it must hold {"port", "password"}. Restore it from a backup.`,
      {
        cause,
      },
    );
  }
}

function writeAccess(folder: string, access: z.infer<typeof accessSchema>): void {
  writeFileSync(join(folder, 'postgres.json'), `${JSON.stringify(access)}\n`, { mode: 0o600 });
}

async function initialise(
  binaries: Binaries,
  user: OsUser,
  folder: string,
  cluster: string,
  password: string,
): Promise<void> {
  // before the data exists: without its password a cluster is of no use
  writeAccess(folder, { port: 1, password });
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { mode: 0o700 });
  const passwordFile = join(cluster, '..', 'initdb.password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user.ids !== null) {
    chownSync(cluster, user.ids.uid, user.ids.gid);
    chownSync(passwordFile, user.ids.uid, user.ids.gid);
  }
  const [command, ...args] = [
    ...user.wrap,
    binaries.initdb,
    `--pgdata=${cluster}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // C.UTF-8 of PostgreSQL itself: knows the letters of every script and needs no locale of the system
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    await promisify(execFile)(command ?? '', args, { cwd: '/', env: environment(), ...spawnIds(user) });
  } catch (cause) {
    rmSync(cluster, { recursive: true, force: true });
    throw new CommslogError(
      'DATABASE_UNAVAILABLE',
      `PostgreSQL could not be set up in ${cluster}: ${lastLine(cause)}`,
      { cause },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(
  binaries: Binaries,
  user: OsUser,
  cluster: string,
  port: number,
  settings: readonly string[],
): Promise<ChildProcess> {
  const all = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=60',
    ...settings,
  ];
  const [command, ...args] = [
    ...user.wrap,
    binaries.postgres,
    '-D',
    cluster,
    ...all.flatMap((setting) => ['-c', setting]),
  ];
  // a process group of its own: Ctrl-C in a terminal must not take the database away before everything is written
  const child = spawn(command ?? '', args, {
    cwd: '/',
    env: environment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...spawnIds(user),
  });
  let said = '';
  const deadline = Date.now() + START_TIMEOUT_MS;
  return new Promise((done, fail) => {
    const giveUp = () => fail(new CommslogError('DATABASE_UNAVAILABLE', `PostgreSQL did not start: ${lastLine(said)}`));
    const timer = setTimeout(giveUp, deadline - Date.now());
    child.once('error', giveUp);
    child.once('exit', giveUp);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_LOG_BYTES);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      child.off('exit', giveUp);
      child.stderr?.removeAllListeners('data').resume();
      done(child);
    });
    child.once('exit', () => clearTimeout(timer));
  });
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** A server that still runs on the data belongs to a living `serve` (refused) or to one that was killed (ended). */
async function endOrphan(folder: string, cluster: string): Promise<void> {
  const pid = postmasterPid(cluster);
  if (pid === null) return;
  const url = await runningEmbeddedPostgres(folder);
  if (url !== null) await refuseWhileServed(url);
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (postmasterPid(cluster) !== null && Date.now() < deadline) await new Promise((go) => setTimeout(go, POLL_MS));
}

function postmasterPid(cluster: string): number | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 && isPostgres(pid) ? pid : null;
}

/** After a reboot another program may have the number. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) ? readFileSync(commandLine, 'latin1').includes('postgres') : true;
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client(connectionSettings(url.replace(/[^/]+$/, 'postgres')));
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(connectionSettings(url));
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function spawnIds(user: OsUser): { uid?: number; gid?: number } {
  return user.ids === null || user.wrap.length > 0 ? {} : user.ids;
}

/** LC_MESSAGES: the start is recognised by its English message. Nothing else of ours is PostgreSQL's business. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

function lastLine(said: unknown): string {
  const text = said instanceof Error && 'stderr' in said ? String(said.stderr) : String(said);
  return text.trim().split('\n').at(-1) ?? '';
}
