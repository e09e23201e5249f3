import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ServerTable } from '../../../src/adapters/postgres/index.ts';
import { serverFindings } from '../../../src/cli/doctor/serverFindings.ts';
import { fingerprintsOf } from '../../../src/cli/opening/fingerprints.ts';
import { localSecret } from '../../../src/cli/opening/secret.ts';
import { loadConfig } from '../../../src/config.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { createPool } from '../../../src/postgres.ts';
import { controlDb, migrate } from '../../../src/projections/index.ts';
import { VERSION } from '../../../src/version.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('what doctor says of the servers on a database');
const { url, drop } = await createDatabase();
const pool = createPool(url);
test.after(async () => {
  await pool.end();
  await drop();
});

type Settings = Readonly<Record<string, string>>;

const PBX = { AMI_HOST: '192.0.2.1', AMI_USERNAME: 'crm', AMI_PASSWORD: 'hunter2' };

/** Settings with a common secret, for servers that have a DATA_DIR each. */
async function withSettings(work: (settings: (name: string, own?: Settings) => Settings) => Promise<void>) {
  await pool.query('truncate commslog.server, commslog.lease');
  await inTemporaryFolder(async (folder) => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, randomBytes(32).toString('hex'), { mode: 0o600 });
    const RULES_FILE = join(folder, 'rules.json');
    await work((name, own = {}) => ({
      ...PBX,
      DATA_DIR: join(folder, name),
      AUTH_SECRET_FILE: secret,
      RULES_FILE,
      ...own,
    }));
  });
}

/** Lets a server with these settings tell of itself, as `serve` does. */
async function serve(id: string, name: string, settings: Settings): Promise<void> {
  const config = loadConfig(settings);
  const secret = localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE);
  const own = {
    id: `00000000-0000-4000-8000-00000000000${id}`,
    name,
    program: VERSION,
    startedAt: '2026-11-25T11:00:00.000000Z',
    does: { pbxs: config.pbxs.map((pbx) => pbx.id), projects: true },
    fingerprints: fingerprintsOf(config, { secret, logId: null, isHttpOnly: false }),
  };
  await new ServerTable(pool, systemClock).meet(own, { pbxs: [], failedTries: [] });
}

const said = async (settings: Settings) =>
  (await serverFindings(loadConfig(settings), url)).map(({ level, what }) => `${level} ${what}`);

test('nothing where none has ever started', async () => {
  const config = loadConfig(PBX);
  assert.equal(await serverFindings(config, url), []);
  await migrate(controlDb(pool));
  assert.equal(await serverFindings(config, url), []);
});

test('what each does, and no more when all are set up as this configuration is', () =>
  withSettings(async (settings) => {
    await serve('a', 'web1', settings('web1'));
    await serve('b', 'web2', settings('web2'));
    assert.equal((await said(settings('web3'))).sort(), [
      'ok server web1 stands by for pbx, stands by to project',
      'ok server web2 stands by for pbx, stands by to project',
    ]);
  }));

test('that a server has a secret of its own, and which file to give it', () =>
  withSettings(async (settings) => {
    await serve('a', 'web1', settings('web1'));
    const { AUTH_SECRET_FILE: _, ...alone } = settings('web2');
    const findings = await serverFindings(loadConfig(alone), url);
    const [finding, ...more] = findings.filter(({ level }) => level === 'warn');
    assert.match(finding?.what ?? '', 'their secrets differ');
    assert.match(finding?.what ?? '', '(web1 / this configuration)');
    assert.match(finding?.advice ?? '', 'AUTH_SECRET_FILE');
    assert.equal(more, []);
  }));

test('in which setting they differ, and nothing of what it is', () =>
  withSettings(async (settings) => {
    await serve('a', 'web1', settings('web1', { AMI_HOST: '192.0.2.99', PUBLIC_URL: 'https://one.example.org' }));
    const told = await said(settings('web2', { COUNTRY: 'GR', PUBLIC_URL: 'https://two.example.org' }));
    for (const what of ['their rules differ', 'different addresses', 'PBX pbx is reached in different ways']) {
      assert.match(told.join('\n'), what);
    }
    const { rows } = await pool.query('select fingerprints::text from commslog.server');
    assert.not.match(JSON.stringify([rows, told]), /192\.0\.2|example|hunter2|crm/);
  }));

test('a server that was not heard of lately is not compared', () =>
  withSettings(async (settings) => {
    await serve('a', 'web1', settings('web1', { COUNTRY: 'GR' }));
    await pool.query("update commslog.server set seen_at = seen_at - interval '1 minute'");
    assert.equal(await said(settings('web2')), []);
  }));

test.run();
