import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { localSecret } from '../../src/cli/opening/secret.ts';
import type { Role } from '../../src/domain/events.ts';
import { createToken } from '../../src/http/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { createPool } from '../../src/postgres.ts';
import { type Served, startServe } from '../../tests/support/program.ts';
import { CallPbx, CREDENTIALS } from '../visible/callPbx.ts';

const SETTINGS = ['max_connections=300', 'track_commit_timestamp=on'];
/** Each may ask so and so often a minute. */
const PEOPLE = 400;
const CALLS = 200;
const FILL_FRAMES_A_SECOND = 2_000;
const FRAMES_A_SECOND = 100;

export type Servers = {
  /** of the one that listens and projects, and answers too */
  readonly whole: string;
  readonly onlyHttp: readonly string[];
  readonly tokens: readonly string[];
  /** of who may export */
  readonly auditor: string;
  /** of their database */
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  close(): Promise<void>;
};

/** Starts `serve` in processes of their own on one database with some calls in it, and a PBX that goes on to talk. */
export async function startServers(onlyHttp: number, people = PEOPLE): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const database = await startEmbeddedPostgres(folder, { settings: SETTINGS });
  const pool = createPool(database.url);
  const { pbx, port } = await CallPbx.start();
  const served: Served[] = [];
  const stop = new AbortController();
  let talking = Promise.resolve();
  const close = async () => {
    stop.abort();
    await talking;
    await Promise.all(served.map((one) => one.stop()));
    pbx.close();
    await pool.end();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const secret = localSecret(folder, undefined);
    const start = async (name: string, options: readonly string[]) => {
      mkdirSync(join(folder, name), { mode: 0o711 });
      const settings = settingsOf({ folder, name, url: database.url, port });
      const one = await startServe(settings, options);
      served.push(one);
      return one.url;
    };
    const whole = await start('whole', []);
    while (!pbx.connected) await new Promise((resolve) => setTimeout(resolve, 20));
    for (let call = 0; call < CALLS; call += 1) await pbx.sendCall(FILL_FRAMES_A_SECOND, () => {});
    const others: string[] = [];
    for (let n = 1; n <= onlyHttp; n += 1) others.push(await start(`http${n}`, ['--only', 'http']));
    talking = talk(pbx, stop.signal);
    const tokens = await Promise.all(Array.from({ length: people }, (_, n) => tokenOf(secret, `person-${n}`)));
    const auditor = await tokenOf(secret, 'auditor', 'auditor');
    return { whole, onlyHttp: others, tokens, auditor, pool, databaseUrl: database.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function talk(pbx: CallPbx, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await pbx.sendCall(FRAMES_A_SECOND, () => {});
}

function tokenOf(secret: Uint8Array, sub: string, role: Role = 'agent'): Promise<string> {
  return createToken(secret, { sub, role, ttlSeconds: 36_000, now: systemClock.now() });
}

function settingsOf({ folder, name, url, port }: { folder: string; name: string; url: string; port: number }) {
  return {
    DATABASE_URL: url,
    DATA_DIR: join(folder, name),
    AUTH_SECRET_FILE: join(folder, 'secret'),
    SERVER_NAME: name,
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(port),
    AMI_USERNAME: CREDENTIALS.username,
    AMI_PASSWORD: CREDENTIALS.secret,
    COUNTRY: 'GR',
    HTTP_PORT: '0',
  };
}
