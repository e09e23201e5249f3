import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { callRecords, MARIADB_RECORDS, masterCsv } from '../support/callRecords.ts';
import { noMariaDb, startMariaDb } from '../support/mariadb.ts';
import { createDatabase } from '../support/postgres.ts';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';

const test = suite('commslog import cdr', { deadlineMs: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'commslog-'));
const file = join(folder, 'Master.csv');
let database: Awaited<ReturnType<typeof createDatabase>>;

test.before(async () => {
  database = await createDatabase();
  writeFileSync(file, masterCsv());
});

test.after(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function importCdr(args: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  return command(['import', 'cdr', ...args], { DATABASE_URL: database.url, DATA_DIR: data, ...settings });
}

test('tells what a dry run would store, stores it once, and says so the next time', async () => {
  const all = callRecords().length;
  const dry = await importCdr([file, '--dry-run']);
  assert.is(dry.status, 0, dry.stderr);
  assert.match(dry.stderr, `${all} records read`);
  const first = await importCdr([file]);
  assert.match(first.stderr, `${all} records read; ${all} stored, 0 were there already`);
  const again = await importCdr([file]);
  assert.match(again.stderr, `${all} records read; 0 stored, ${all} were there already`);
});

test('refuses a zone that does not exist, a zone that is not that of the records, and a source that is not there', async () => {
  const atlantis = await importCdr([file, '--timezone', 'Europe/Atlantis']);
  assert.is(atlantis.status, 1);
  assert.match(atlantis.stderr, '[CONFIG_INVALID]');
  const athens = await importCdr([file], { AMI_TIMEZONE: 'Europe/Athens' });
  assert.is(athens.status, 1);
  assert.match(athens.stderr, '[CDR_TIME_ZONE_WRONG]');
  const missing = await importCdr([join(folder, 'no.csv')]);
  assert.match(missing.stderr, '[CDR_UNREADABLE]');
  const unreachable = await importCdr(['mysql://reader:s3cret@127.0.0.1:1/asteriskcdrdb']);
  assert.match(unreachable.stderr, '[CDR_UNAVAILABLE]');
  assert.not.match(unreachable.stderr, 's3cret');
});

const skipped = noMariaDb();
if (skipped !== null) test.skip(`reads a real MariaDB: ${skipped}`, () => {});
else {
  test('reads a real MariaDB as the configuration names it, with a user who may only read', async () => {
    const server = await startMariaDb(MARIADB_RECORDS);
    try {
      const config = join(folder, 'commslog.json');
      const athens = { id: 'athens', host: '127.0.0.1', username: 'crm', password: 'p', timezone: 'UTC' };
      writeFileSync(config, JSON.stringify({ pbx: [{ ...athens, cdr_database_url: server.readingUrl }] }), {
        mode: 0o600,
      });
      const all = callRecords().length;
      const told = await importCdr([], { CONFIG_FILE: config });
      assert.match(told.stderr, `${all} records read; ${all} stored`);
    } finally {
      await server.stop();
    }
  });
}

test.run();
