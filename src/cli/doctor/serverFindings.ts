import { ServerTable } from '../../adapters/postgres/index.ts';
import type { Config } from '../../config.ts';
import { sqlStateOf } from '../../errorPolicy.ts';
import { type Compared, differencesOf, livingServers } from '../../health/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { ServerSeen, ServersSeen } from '../../ports/servers.ts';
import { createPool } from '../../postgres.ts';
import { VERSION } from '../../version.ts';
import { fingerprintsOf } from '../opening/fingerprints.ts';
import { localSecret } from '../opening/secret.ts';
import { knownServer } from '../opening/serverId.ts';
import { type Finding, failure } from './finding.ts';

const UNDEFINED_TABLE = '42P01';

/** Which servers live on the database, what each does, and in what they or this configuration differ. */
export async function serverFindings(config: Config, url: string): Promise<readonly Finding[]> {
  const pool = createPool(url, { max: 1 });
  try {
    const seen = await new ServerTable(pool, systemClock).look();
    const living = livingServers(seen);
    if (living.length === 0) return [];
    const own = await ownConfiguration(config, seen);
    const differences = differencesOf([...living.map(({ server }) => server), own]);
    return [
      ...living.map(({ words }): Finding => ({ level: 'ok', what: `server ${words}` })),
      ...differences.map(({ what, advice }): Finding => ({ level: 'warn', what: `of the servers ${what}`, advice })),
    ];
  } catch (error) {
    // no `serve` was there yet
    if (error instanceof Error && sqlStateOf(error) === UNDEFINED_TABLE) return [];
    return [failure('the servers on this database', error, 'correct what is named, or look at PostgreSQL')];
  } finally {
    await pool.end();
  }
}

/** What would be compared if `serve` were started now, or started again. */
async function ownConfiguration(config: Config, { servers }: ServersSeen): Promise<Compared> {
  const id = await knownServer(config);
  const running: ServerSeen | undefined = servers.find((server) => server.id === id);
  const isHttpOnly = running !== undefined && !running.does.projects;
  const secret = localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE);
  return {
    name: 'this configuration',
    program: VERSION,
    does: { pbxs: isHttpOnly ? [] : config.pbxs.map((pbx) => pbx.id), projects: !isHttpOnly },
    fingerprints: fingerprintsOf(config, { secret, logId: null, isHttpOnly }),
    clockOffsetMs: null,
  };
}
