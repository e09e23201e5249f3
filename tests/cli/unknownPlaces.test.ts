import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { tellUnknownPlaces } from '../../src/cli/serving/tellUnknownPlaces.ts';
import { createPool } from '../../src/postgres.ts';
import { tellCalls } from '../http/support/facts.ts';
import { tellGuessedCall } from '../http/support/guessedCall.ts';
import { startSystem } from '../http/support/system.ts';
import { eventually } from '../support/eventually.ts';
import { logLines } from '../support/logLines.ts';
import { command, startServe } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('contexts that no rule knows, on the command line', { deadlineMs: 120_000 });
const system = await startSystem();
test.after(system.close);

/** A call of now whose row has these columns. */
async function tellRow(columns: Readonly<Record<string, unknown>>): Promise<void> {
  const [id] = await tellCalls(system, [{ occurred_at: new Date(system.clock.now() / 1_000).toISOString() }]);
  for (const [name, value] of Object.entries(columns))
    await system.pool.query(`update read_v1.crm_comms_log set ${name} = $2 where id = $1`, [id, value]);
}

test('are told by doctor with the rule to add, as well as what was dialled before numbers', async () => {
  const said = async () => (await command(['doctor'], { DATABASE_URL: system.url })).stdout;
  assert.match(await said(), '✓ the rules know every context and trunk of the last 30 days');
  await tellGuessedCall(system);
  for (const at of [1, 2, 3])
    await tellRow({ direction: 'outbound', dialled: `9694555667${at}`, external_number: `+30694555667${at}` });
  const lines = await said();
  assert.match(lines, /! PBX \S+: no rule knows gate_in, which 1 of the latest calls went through/);
  assert.match(lines, '→ if that is right add "gate_in" to `trunk_contexts` in the rules');
  assert.match(lines, 'add "desks" to `internal_contexts`');
  assert.match(lines, /in 3 of the latest calls 9 seems to have been dialled before the number/);
  assert.not.match(lines, '694555667');
});

test('are told by doctor where a shared endpoint opens in a context of trunks', async () => {
  const said = async () => (await command(['doctor'], { DATABASE_URL: system.url })).stdout;
  const why = {
    trunk: { rule: 'shared_endpoint', inputs: {} },
    direction: { rule: 'x', inputs: { context: 'from-pstn' } },
  };
  for (const _ of [1, 2]) await tellRow({ trunk: 'proxy', why: JSON.stringify(why) });
  assert.not.match(await said(), 'from-pstn');
  await system.pool.query(
    `update commslog.read_model_version set rules = jsonb_set(rules::jsonb, '{shared_endpoints}', '["proxy"]')::json`,
  );
  assert.is((await said()).match(/from-pstn, in which it opens/g)?.length, 1);
});

test('are told in the log, a name that may be a phone number left out', async () => {
  await system.pool.query(
    `update read_v1.crm_comms_log set why = replace(why::text, 'gate_in', 'gate-2101234567')::jsonb`,
  );
  const { logger, lines } = logLines();
  await tellUnknownPlaces(logger, system.pool);
  const told = lines.map((line) => JSON.parse(line));
  assert.equal(
    told.map(({ level, setting, value, calls }) => [level, setting, value, calls]),
    [
      [40, 'internal_contexts', 'desks', 1],
      [40, 'trunk_contexts', undefined, 1],
    ],
  );
  assert.not.match(lines.join(), '2101234567');
});

test('are told by a server when it starts', () =>
  inTemporaryFolder(async (folder) => {
    const settings = { DATA_DIR: join(folder, 'data'), HTTP_PORT: '0', DATABASE_URL: system.url, DEMO: 'off' };
    const served = await startServe(settings);
    await eventually('the line', async () => /no rule knows a context/.test(served.stdout() + served.stderr()));
    assert.match(served.stdout() + served.stderr(), 'desks');
    await served.stop();
  }));

test('are said not to be seen where the database does not answer', async () => {
  const { logger, lines } = logLines();
  const pool = createPool(system.url, { max: 1 });
  await pool.end();
  await tellUnknownPlaces(logger, pool);
  assert.match(lines.join(), 'cannot see whether the rules know');
});

test.run();
