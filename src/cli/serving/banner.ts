import { resolve } from 'node:path';
import { dataDirOf } from '../opening/dataDir.ts';
import type { Run } from './run.ts';
import type { Database } from './storage.ts';
import type { Web } from './web.ts';

/** What a person sees when the program has started. It goes to standard output; the log goes to standard error. */
export function banner({ config, isDemo }: Run, { embedded }: Database, { url, link }: Web): string {
  const pbxs = isDemo ? ['demo (recordings, replayed on this machine)'] : config.pbxs.map(({ id }) => id);
  const rows: readonly (readonly [string, string])[] = [
    ['web app', url],
    ['sign in', link ?? 'commslog token --link --role admin (needs PUBLIC_URL with https)'],
    ['mode', isDemo ? 'DEMO: made-up calls from recordings (DEMO=off starts empty)' : 'production'],
    ['log', config.EVENTSTORE_URL === undefined ? 'PostgreSQL' : 'EventStoreDB'],
    ['PBX', pbxs.length > 0 ? pbxs.join(', ') : 'none configured: nothing is listened to'],
    ['data', embedded !== null ? resolve(dataDirOf(config)) : 'in the database of DATABASE_URL'],
    ['stop', 'Ctrl-C'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    '  commslog is running',
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
  ].join('\n');
}
