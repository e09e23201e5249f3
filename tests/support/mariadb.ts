import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { eventually } from './eventually.ts';
import { freePort } from './freePort.ts';

const SERVERS = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/bin/mariadbd', '/usr/sbin/mysqld'];
const BY_APT = 'apt-get update && apt-get install -y --no-install-recommends mariadb-server';
const isRoot = process.getuid?.() === 0;

export type MariaDb = {
  /** of the database `asteriskcdrdb`, for a user who may do everything */
  readonly url: string;
  /** for a user who may only read */
  readonly readingUrl: string;
  stop(): Promise<void>;
};

/** Why there is none here; null: there is one, as root on Debian after it was installed. */
export function noMariaDb(): string | null {
  if (installed() !== undefined) return null;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return `MariaDB is missing: sudo sh -c '${BY_APT}'`;
  console.log(`MariaDB is missing, so it is installed now: ${BY_APT}`);
  // several test files may find it missing at once: the first one installs, the others wait for the lock
  const once = `[ -x ${SERVERS[0]} ] || { ${BY_APT}; }`;
  execFileSync('flock', ['/tmp/commslog-mariadb.lock', 'sh', '-c', once], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return installed() === undefined ? `MariaDB is not there although this ended well: ${BY_APT}` : null;
}

function installed(): string | undefined {
  return SERVERS.find((path) => existsSync(path));
}

/** A server of its own in a folder of its own, run by a user without rights; with the statements of `sql` done. */
export async function startMariaDb(sql: readonly string[]): Promise<MariaDb> {
  const server = installed();
  if (server === undefined) throw new Error('there is no MariaDB');
  const folder = mkdtempSync(join(tmpdir(), 'commslog-mariadb-'));
  // root may not run it; Debian's package has made an account for it
  const user = isRoot ? ['--user=mysql'] : [];
  if (isRoot) execFileSync('chown', ['mysql', folder]);
  chmodSync(folder, 0o700);
  const data = `--datadir=${join(folder, 'data')}`;
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db', ...user],
    { stdio: 'ignore' },
  );
  const port = await freePort();
  const child = spawn(
    server,
    [
      '--no-defaults',
      data,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      '--innodb-buffer-pool-size=32M',
      '--skip-log-bin',
      ...user,
    ],
    { stdio: 'ignore' },
  );
  const root = `mysql://root@127.0.0.1:${port}`;
  await eventually('MariaDB takes connections', () => takesConnections(root));
  const admin = await createConnection({ uri: root, multipleStatements: true });
  await admin.query('create database asteriskcdrdb');
  await admin.query("create user 'reader'@'%' identified by 'only-reads'");
  await admin.query("grant select on asteriskcdrdb.* to 'reader'@'%'");
  await admin.query('use asteriskcdrdb');
  for (const statements of sql) await admin.query(statements);
  await admin.end();
  return {
    url: `${root}/asteriskcdrdb`,
    readingUrl: `mariadb://reader:only-reads@127.0.0.1:${port}/asteriskcdrdb`,
    stop: () => stop(child, folder),
  };
}

async function takesConnections(uri: string): Promise<boolean> {
  try {
    await (await createConnection({ uri })).end();
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
