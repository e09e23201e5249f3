import pg from 'pg';
import { type Config, loadConfig } from '../../config.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { connectionSettings, SERVER_ENCODING } from '../../postgres.ts';
import { withDatabase } from '../opening/database.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { isDemo } from '../opening/demoMode.ts';
import { print } from '../text/print.ts';
import { customerFindings } from './customerFindings.ts';
import { exitCodeOf, type Finding, type FindingLevel, failure } from './finding.ts';
import { folderFinding } from './folderFinding.ts';
import { logFindings } from './logFindings.ts';
import { pbxFindings } from './pbxFindings.ts';
import { recordFindings } from './recordFindings.ts';
import { ruleFindings } from './ruleFindings.ts';
import { servedAccounts } from './servedAccounts.ts';
import { serverFindings } from './serverFindings.ts';
import { servingFindings } from './servingFindings.ts';
import { waitingFindings } from './waitingFindings.ts';

const MIN_POSTGRES = 15;
const MARKS = { ok: '✓', warn: '!', unsure: '?', fail: '✗' } as const;

export type DoctorOptions = {
  /** seconds for which each PBX is listened to */
  readonly listen: number;
};

/** `commslog doctor`: looks at each part and says what to do; the exit code is that of `exitCodeOf`. */
export async function doctor({ listen }: DoctorOptions): Promise<void> {
  const levels = new Set<FindingLevel>();
  const tell = ({ level, what, advice }: Finding) => {
    print([`${MARKS[level]} ${what}`, ...(advice === undefined ? [] : [`    → ${advice}`])]);
    levels.add(level);
  };
  tell(nodeFinding());
  const config = configuration(tell);
  if (config !== null) {
    tell(folderFinding(config));
    for (const finding of await databaseFindings(config)) tell(finding);
    for (const finding of await logFindings(config)) tell(finding);
    tell(refusedFinding(config));
    for (const finding of [...ruleFindings(config), ...(await servingFindings(config))]) tell(finding);
    if (config.pbxs.length === 0) {
      tell({
        level: 'warn',
        what: `no PBX is configured${isDemo(config) ? ': `serve` plays the demo' : ''}`,
        advice: 'set AMI_HOST, AMI_USERNAME and AMI_PASSWORD (or AMI_PASSWORD_FILE)',
      });
    }
    const accounts = await servedAccounts(config);
    for (const pbx of config.pbxs) {
      const look = { listenMs: listen * 1_000, served: accounts.get(pbx.id) };
      for (const finding of [...(await pbxFindings(pbx, look)), ...(await recordFindings(pbx))]) tell(finding);
    }
  }
  process.exitCode = exitCodeOf(levels);
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = (major === 20 && minor >= 20) || major > 22 || (major === 22 && minor >= 12);
  return good
    ? { level: 'ok', what: `Node ${process.versions.node}` }
    : {
        level: 'fail',
        what: `Node ${process.versions.node} is not supported`,
        advice: 'install Node 24, or 22.12 or newer of 22',
      };
}

function configuration(tell: (finding: Finding) => void): Config | null {
  try {
    const config = loadConfig(process.env);
    tell({ level: 'ok', what: 'the configuration can be read' });
    return config;
  } catch (error) {
    tell(failure('the configuration', error, 'correct the fields that are named'));
    return null;
  }
}

async function databaseFindings(config: Config): Promise<readonly Finding[]> {
  const where = config.DATABASE_URL === undefined ? 'embedded PostgreSQL' : 'PostgreSQL of DATABASE_URL';
  try {
    return await withDatabase(config, async (url) => {
      const { version, encoding } = await serverSettings(url);
      if (Number.parseInt(version, 10) < MIN_POSTGRES) {
        const advice = `upgrade it to ${MIN_POSTGRES} or newer`;
        return [{ level: 'fail', what: `${where} has version ${version}`, advice }];
      }
      if (encoding !== 'UTF8') {
        const advice = "create a database with encoding 'UTF8' template template0, and give its address";
        return [
          { level: 'fail', what: `${where} has the encoding ${encoding}, which cannot store every name`, advice },
        ];
      }
      return [
        { level: 'ok', what: `${where} answers (version ${version})` },
        ...(await waitingFindings(url)),
        ...(await customerFindings(url)),
        ...(await serverFindings(config, url)),
      ];
    });
  } catch (error) {
    return [failure(where, error, 'check that it runs, its host, port, user, password, and that the database exists')];
  }
}

async function serverSettings(url: string): Promise<{ version: string; encoding: string | undefined }> {
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    const encodings = await client.query<{ encoding: string }>(SERVER_ENCODING);
    return { version: rows[0]?.version ?? '', encoding: encodings.rows[0]?.encoding };
  } finally {
    await client.end();
  }
}

function refusedFinding(config: Config): Finding {
  try {
    const { facts } = new RefusedFolder(dataDirOf(config)).read();
    if (facts.length === 0) return { level: 'ok', what: 'the log has refused no facts' };
    return {
      level: 'warn',
      what: `the log has refused ${facts.length} facts, which are kept apart`,
      advice: '`commslog refused` says why, `commslog refused append` appends them again',
    };
  } catch (error) {
    return failure('what the log has refused', error, 'run this as the user of `serve`');
  }
}
