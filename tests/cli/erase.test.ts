import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { appendAll, assertNowhere, ERASED, historyOfTwo, SECRETS } from '../erasing/support.ts';
import { catchUp, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { command, startServe } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog erase', { deadlineMs: 120_000 });

test('tells what would go and changes nothing, and with --yes takes it out, where no serve runs', async () => {
  await inBoth(async (model, erase) => {
    // the command projects itself what nobody has projected yet
    await appendAll(model.log, (await historyOfTwo()).told);
    const head = await model.log.head();

    const told = await erase('--customer', ERASED);
    assert.is(told.status, 0);
    assert.match(told.stdout, /entries +4/);
    assert.match(told.stdout, /calls logged by hand +3/);
    assert.match(told.stdout, '1 calls stay that could be of this customer as well as of another');
    assert.match(told.stderr, '--yes');
    assert.is(await model.log.head(), head);
    for (const secret of SECRETS) assert.not.match(told.stdout + told.stderr, secret);

    const done = await erase('--customer', ERASED, '--yes');
    assert.is(done.status, 0);
    assert.match(done.stdout, 'The proof stands in the log');
    assert.match(done.stdout, 'vacuum full log.event, log.pack');
    await assertNowhere(model.pool, SECRETS);

    const again = await erase('--customer', ERASED, '--yes');
    assert.is(again.status, 1);
    assert.match(again.stderr, 'The log has nothing of it. [NOT_FOUND]');
  });
});

test('is shown by a serve that runs, without a restart', async () => {
  await inBoth(async (model, erase, settings) => {
    const { told, joined } = await historyOfTwo();
    await appendAll(model.log, told);
    await catchUp(model);
    const served = await startServe({ ...settings, DEMO: 'off', HTTP_PORT: '0' });
    const token = (await command(['token', '--role', 'agent'], settings)).stdout.trim();
    const status = async () => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${served.url}/api/crm/comms/${joined.id}`, { headers })).status;
    };
    assert.is(await status(), 200);
    assert.is((await erase('--call', joined.id, '--yes')).status, 0);
    assert.is(await status(), 404);
    assert.is(await served.stop(), 0);
  });
});

test('wants one subject, and one that there can be', async () => {
  await inBoth(async (_, erase) => {
    for (const args of [[], ['--customer', 'a', '--number', '+302101234567'], ['--call', 'x'], ['--customer', 'ä']]) {
      const { status, stderr } = await erase(...args);
      assert.is(status, 1);
      assert.match(stderr, 'CONFIG_INVALID');
    }
  });
});

function inBoth(
  work: (
    model: TestReadModel,
    erase: (...args: string[]) => ReturnType<typeof command>,
    settings: Readonly<Record<string, string>>,
  ) => Promise<void>,
): Promise<void> {
  return withReadModel((model) =>
    inTemporaryFolder((folder) => {
      const settings = { DATABASE_URL: model.url, DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'error' };
      return work(model, (...args) => command(['erase', ...args], settings), settings);
    }),
  );
}

test.run();
