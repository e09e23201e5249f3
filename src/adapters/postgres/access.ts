import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';
import { writeOwn } from '../../ownFile.ts';
import { connectionSettings } from '../../postgres.ts';
import { readSecret } from '../../secretFile.ts';

const accessSchema = z.object({ port: z.int().min(1).max(65_535), password: z.string().min(1) });

/** How the embedded server is reached: a loopback port and the password of its only user. */
export type Access = z.infer<typeof accessSchema>;

/** Name of the database and of its user. */
export const DATABASE = 'commslog';

/**
 * What `<folder>/postgres.json` says, or null when there is none. Errors: `CONFIG_INVALID` when it is damaged, or another may
 * read or write it.
 */
export function readAccess(folder: string): Access | null {
  const file = join(folder, 'postgres.json');
  if (!existsSync(file)) return null;
  const text = readSecret(file);
  try {
    return accessSchema.parse(JSON.parse(text));
  } catch (cause) {
    const says = `${file} is damaged: it must hold {"port", "password"}. Restore it from a backup.`;
    throw new CommslogError('CONFIG_INVALID', says, { cause });
  }
}

export function writeAccess(folder: string, access: Access): void {
  writeOwn(join(folder, 'postgres.json'), `${JSON.stringify(access)}\n`);
}

export function urlOf({ port, password }: Access): string {
  return `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** The URL of the embedded server that runs on `dataDir`, or null when none answers. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const access = readAccess(resolve(dataDir));
  if (access === null) return null;
  return (await answers(urlOf(access))) ? urlOf(access) : null;
}

/** Makes the database of a new server. */
export async function createDatabase(url: string): Promise<void> {
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
