import { resolve } from 'node:path';
import type { PbxShown } from '../../ports/health.ts';
import type { OwnServer } from '../../ports/servers.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { programName } from '../opening/programName.ts';
import type { Run } from './run.ts';
import type { Database } from './storage.ts';
import type { Web } from './web.ts';

type Started = {
  readonly database: Database;
  readonly self: Pick<OwnServer, 'name'>;
  readonly pbxs: readonly PbxShown[];
  readonly web: Web;
};

/** What a person sees when the program has started. It goes to standard output; the log goes to standard error. */
export function banner(
  run: Run,
  { database: { embedded }, self, pbxs, web: { url, link } }: Started,
): readonly string[] {
  const { config, isDemo, isHttpOnly } = run;
  const rows: readonly (readonly [string, string])[] = [
    ['web app', url],
    ['sign in', link ?? `${programName()} token --link --role admin (needs PUBLIC_URL with https)`],
    ['mode', isDemo ? 'DEMO: a made-up company and its calls (DEMO=off starts empty)' : 'production'],
    ...(embedded === null
      ? [['server', self.name + (isHttpOnly ? ': HTTP alone, others do the rest' : '')] as const]
      : []),
    ['log', config.EVENTSTORE_URL === undefined ? 'PostgreSQL' : 'EventStoreDB'],
    ['PBX', isDemo ? 'demo (calls acted out on this machine)' : pbxsInWords(pbxs)],
    ['data', embedded !== null ? resolve(dataDirOf(config)) : 'in the database of DATABASE_URL'],
    ['stop', 'Ctrl-C'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ['', '  commslog is running', '', ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ''];
}

function pbxsInWords(pbxs: readonly PbxShown[]): string {
  const others = ({ listener }: PbxShown) =>
    listener === null || listener.isThisOne ? '' : ` (${listener.name} listens)`;
  return pbxs.map((one) => one.pbx + others(one)).join(', ') || 'none configured: nothing is listened to';
}
