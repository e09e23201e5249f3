import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { createReplayServer, type ReplayServer } from '../../src/adapters/ami/index.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { connectionSettings } from '../../src/postgres.ts';
import { seeRules } from '../../src/projections/index.ts';
import { withReadModel } from '../projections/support/readModel.ts';
import { callRecords, postgresRecords } from '../support/callRecords.ts';
import { eventually } from '../support/eventually.ts';
import { createDatabase, LATIN1 } from '../support/postgres.ts';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog doctor and record', { deadlineMs: 120_000 });
const demo = fileURLToPath(new URL('../../demo/', import.meta.url));
const SECRET = 'only-for-this-test';

let pbx: ReplayServer;
test.before(async () => {
  const recordings = readdirSync(demo).filter((file) => file.startsWith('inbound-answered') && file.endsWith('.txt'));
  pbx = await createReplayServer({
    recordings: recordings.map((file) => join(demo, file)),
    credentials: { username: 'crm', secret: SECRET },
    pace: 'recorded',
    shift: true,
    repeatEveryMs: 1_000,
  });
});
test.after(() => pbx.close());

const settings = (folder: string, password = SECRET) => ({
  DATA_DIR: join(folder, 'data'),
  AMI_HOST: '127.0.0.1',
  AMI_PORT: String(pbx.port),
  AMI_USERNAME: 'crm',
  AMI_PASSWORD: password,
});

test('says of each part how it is and what to do', () =>
  inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    const { status, stdout } = await command(['doctor'], settings(folder));
    assert.is(status, 0, stdout);
    for (const line of [
      '✓ Node',
      '✓ embedded PostgreSQL answers',
      '✓ there is no call log in it yet',
      '✓ the log is kept',
      'PBX pbx: logged in',
      'class call come',
    ]) {
      assert.match(stdout, line);
    }
    assert.match(stdout, /data (?:can be written and synced|is on )/);
    assert.match(stdout, 'set COUNTRY');
    assert.match(stdout, 'timestampevents = yes');
  }));

test('says whether call records can be read, and whether their times are those of the PBX', () =>
  inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    const [records, log] = [await createDatabase(), await createDatabase()];
    const client = new pg.Client(connectionSettings(records.url));
    try {
      await client.connect();
      const now = Math.floor(Date.now() / 1000);
      const calls = callRecords().map((record, at) => {
        const calldate = new Date((now - at) * 1000).toISOString().slice(0, 19).replace('T', ' ');
        return new Map([...record, ['uniqueid', `${now - at}.${at}`], ['calldate', calldate]]);
      });
      await client.query(postgresRecords(calls));
      const given = { ...settings(folder), DATABASE_URL: log.url, CDR_DATABASE_URL: records.url };
      assert.match((await command(['doctor'], given)).stdout, '✓ call records of PBX pbx: they can be read');
      const wrong = await command(['doctor'], { ...given, AMI_TIMEZONE: 'Europe/Athens' });
      assert.match(wrong.stdout, 'CDR_TIME_ZONE_WRONG');
      const missing = await command(['doctor'], { ...given, CDR_DATABASE_URL: `${records.url}?table=calls` });
      assert.match(missing.stdout, '✗ call records of PBX pbx');
    } finally {
      await client.end();
      await records.drop();
      await log.drop();
    }
  }));

test('says what waits for a decision, and changes nothing', () =>
  withReadModel(async ({ db, pool, url }) => {
    const findings = async () => (await command(['doctor'], { DATABASE_URL: url })).stdout;
    assert.match(await findings(), '✓ no rebuild waits');
    await seeRules(db, defaultRules('DE'));
    await pool.query(`insert into read_v1.parked values (1, 'call-pbx-1', 0, gen_random_uuid(), 'X', 'why', now())`);
    await pool.query(`update commslog.read_model_version set error = 'the disk is full'`);
    const said = await findings();
    assert.match(said, '! a rebuild waits: the rules file was changed');
    assert.match(said, '! 1 events could not be projected');
    assert.match(said, 'version 1 does not go on: the disk is full');
    await pool.query('drop table commslog.read_model cascade; create table commslog.read_model (older int)');
    assert.match(await findings(), '! what waits for a rebuild cannot be seen');
  }));

test('says how many of the customers’ numbers are not understood, and names none', () =>
  withReadModel(async ({ pool, url }) => {
    const findings = async () => (await command(['doctor'], { DATABASE_URL: url })).stdout;
    const add = (number: string, e164: string | null, { times = 1, listed = true } = {}) =>
      pool.query(
        `insert into read_v1.customer_number (customer_id, ordinal, number, e164, recorded_at, holds_from, listed)
         select 'c-1', n, $1, $2, now(), now(), $3 from generate_series(1, $4) as n`,
        [number, e164, listed, times],
      );
    await add('691 234 5678', '+306912345678');
    assert.match(await findings(), "✓ all 1 customers' numbers are understood");
    await add('ask him', null, { times: 1_200 });
    await add('gone', null, { listed: false });
    const said = await findings();
    assert.match(said, "! 1,200 of 1,201 customers' numbers are not understood");
    assert.not.match(said, 'ask him');
  }));

test('says what to do about a database that cannot hold every name', async () => {
  const latin1 = await createDatabase(LATIN1);
  const { status, stdout } = await command(['doctor'], { DATABASE_URL: latin1.url });
  assert.is(status, 1);
  assert.match(stdout, '✗ PostgreSQL of DATABASE_URL has the encoding LATIN1');
  assert.match(stdout, "encoding 'UTF8'");
  await latin1.drop();
});

test('tells a wrong password from a PBX that is away, and repeats no secret', () =>
  inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    const wrong = await command(['doctor'], settings(folder, 'not-the-password'));
    assert.is(wrong.status, 1);
    assert.match(wrong.stdout, 'AMI_LOGIN_REFUSED');
    assert.not.match(wrong.stdout + wrong.stderr, 'not-the-password');
    const away = await command(['doctor'], { ...settings(folder), AMI_PORT: '1' });
    assert.match(away.stdout, 'AMI_UNREACHABLE');
  }));

test('records what the PBX sends, pseudonymised, so that explain reads it', () =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'calls.txt');
    const recording = command(['record', file, '--pseudonymise'], { ...settings(folder), LOG_LEVEL: 'silent' });
    const hangups = () => (existsSync(file) ? readFileSync(file, 'latin1').split('Event: Hangup').length - 1 : 0);
    await eventually('a whole call in the recording', () => hangups() >= 4, 60_000);
    await pbx.close();
    assert.is((await recording).status, 0);
    const explained = await command(['explain', file, '--json', '--country', 'GR']);
    assert.match(explained.stdout, '"direction":"inbound"');
    assert.not.match(readFileSync(file, 'latin1'), /6912345678|MARIOS/);
  }));

test.run();
