import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { rulesInForce } from '../../src/projections/index.ts';
import { Appending } from '../projections/support/appending.ts';
import { catchUp, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog rebuild', { deadlineMs: 120_000 });

test('builds, compares, switches, goes back and drops from the command line, where no serve runs', async () => {
  await inBoth(async (model, folder) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered'), demoRecording('inbound-missed')]);
    await new Appending(model.log).append(told);
    await catchUp(model);
    const commslog = (...args: string[]) => run(model.url, folder, args);
    const german = join(folder, 'german.json');
    writeFileSync(german, JSON.stringify({ $schema: 'rules.schema.json', country: 'DE' }));

    const checked = await commslog('rules', 'check', german);
    assert.match(checked.stdout, 'On the newest 2 calls: rows changed 2');
    const built = await commslog('rebuild', '--rules', german);
    assert.match(built.stdout, /^Version 2 against 1, which is active: rows changed 2/);
    assert.match(built.stderr, /^version 2 waits to be built\n/);
    assert.match(built.stderr, 'version 2 is ready: 2 rows');
    assert.not.match(built.stdout + built.stderr, /[{}]/);
    assert.match(built.stderr, 'commslog activate 2');
    assert.match((await commslog('activate', '2')).stdout, 'Version 2');
    const table = (await commslog('versions')).stdout.split('\n');
    assert.match(table[0] ?? '', 'rollback until');
    assert.match(table[2] ?? '', /^1 +previous .* \d{4}-\d\d-\d\dT[\d:]{8} *$/);
    assert.match((await commslog('rollback')).stdout, 'Version 1');
    await commslog('drop', '2');
    await assertRefused(commslog('rollback'), 'There is no earlier version to go back to.');
    const trial = await commslog('rebuild', '--dry-run', '--json', '--rules', german);
    assert.match(trial.stderr, 'only a trial');
    const [first, ...more] = trial.stdout.trim().split('\n');
    assert.equal(JSON.parse(first ?? ''), { version: 3, state: 'building' });
    assert.ok(more.includes('{"version":3,"state":"ready"}'), trial.stdout);
    const diff = more.map((line) => JSON.parse(line)).filter(({ summary, fields }) => summary ?? fields);
    assert.equal([diff[0]?.summary.changed, diff.length], [2, 3]);
    const listed = (await commslog('versions', '--json')).stdout.trim().split('\n');
    assert.equal(
      listed.map((line) => JSON.parse(line)).map(({ version, state }) => `${version} ${state}`),
      ['3 dropped', '2 dropped', '1 active'],
    );
  });
});

test('waits until all that differs is counted, and says how far it is', async () => {
  await inBoth(async (model, folder) => {
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await catchUp(model);
    const german = join(folder, 'german.json');
    writeFileSync(german, JSON.stringify({ country: 'DE' }));
    await run(model.url, folder, ['rebuild', '--rules', german]);
    // as another server has begun it, which is counting
    const counting = await model.pool.connect();
    try {
      const nothing = JSON.stringify({ added: 0, removed: 0, changed: 0, byField: {} });
      await counting.query('update commslog.diff_count set is_whole = false, rows = 0, counts = $1', [nothing]);
      await counting.query('begin; select from commslog.diff_count for update');
      const diff = run(model.url, folder, ['diff', '2']);
      let said = '';
      diff.child.stderr?.on('data', (text) => {
        said += text;
      });
      await eventually('it says how far the count is', () => said.startsWith('counting what differs: 0 %\n'));
      await counting.query('commit');
      const { stdout, stderr } = await diff;
      assert.match(stderr, 'counting what differs: 100 %\n');
      assert.match(stdout, /^Version 2 against 1, which is active: rows changed 1 /);
    } finally {
      counting.release();
    }
  });
});

test('settings that decide no row are checked, exported and put in force without a rebuild, but not by a trial', async () => {
  await inBoth(async (model, folder) => {
    const commslog = (...args: string[]) => run(model.url, folder, args);
    const inForce = async () => JSON.parse((await commslog('rules', 'export')).stdout).note_removal;
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify({ country: 'GR', note_removal: 'author' }));
    const { stdout } = await commslog('rules', 'check', file);
    assert.match(stdout, 'note_removal: author in place of author_and_admins; that needs no rebuild.');
    await commslog('rebuild', '--dry-run', '--rules', file);
    assert.is(await inForce(), 'author_and_admins');
    await commslog('rebuild', '--rules', file);
    assert.is(await inForce(), 'author');
    const { waiting } = (await rulesInForce(model.db)) ?? {};
    assert.is(waiting, null);
  });
});

test('names path and allowed values of what is wrong in a rules file', async () => {
  await inTemporaryFolder(async (folder) => {
    const wrong = join(folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify({ matching: ['newest'], pbx: { branch: { log_internal: 1 } } }));
    const checking = run('postgres://nowhere/none', folder, ['rules', 'check', wrong]);
    const error: unknown = await checking.catch((reason: unknown) => reason);
    const said = String(Object(error).stderr);
    assert.match(said, '#/matching/0');
    assert.match(said, '"number_at_the_time"|"later_owner"');
    assert.match(said, '#/pbx/branch/log_internal');
    assert.match(said, 'RULES_INVALID');
  });
});

async function assertRefused(running: Promise<unknown>, said: string): Promise<void> {
  const error: unknown = await running.catch((reason: unknown) => reason);
  assert.match(String(Object(error).stderr), said);
}

function inBoth(work: (model: TestReadModel, folder: string) => Promise<void>): Promise<void> {
  return withReadModel((model) => inTemporaryFolder((folder) => work(model, folder)));
}

function run(url: string, folder: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: url, DATA_DIR: folder, LOG_LEVEL: 'error' };
  return promisify(execFile)(process.execPath, [PROGRAM, ...args], { env });
}

test.run();
