import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { pause } from '../../../src/retry.ts';
import { eventually } from '../../support/eventually.ts';
import { eventText, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { command, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

/** The API answers one who asks 600 times a minute. */
const ASK_EVERY_MS = 150;

const test = suite('a serve whose PostgreSQL is frozen', { deadlineMs: 180_000 });

/** The processes of an embedded PostgreSQL, its first one first. */
function processesOf(cluster: string): readonly number[] {
  const postmaster = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === postmaster);
  return [postmaster, ...children.map(Number)];
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    // it has ended meanwhile
    return null;
  }
}

const readinessSchema = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), detail: z.string() })),
});
const problemSchema = z.object({ code: z.string() });
const lineSchema = z.object({ check: z.string().optional(), status: z.string().optional() });

test('says so at once to everybody who asks, tells what waits and for how long, and in its log of each change once', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      await client.pong();
    });
    const settings = {
      AMI_HOST: pbx.host,
      AMI_PORT: String(pbx.port),
      AMI_USERNAME: 'crm',
      AMI_PASSWORD: SECRET,
      HTTP_PORT: '0',
      DATA_DIR: folder,
    };
    const served = await startServe(settings);
    const admin = (await command(['token', '--role', 'admin'], settings)).stdout.trim();
    const token = (await command(['token', '--role', 'auditor'], settings)).stdout.trim();
    const get = async (path: string) => {
      await pause(ASK_EVERY_MS);
      const response = await fetch(`${served.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      return response.text();
    };
    /** What stands in an answer that says to try again. */
    const refusalOf = async (path: string, body?: object) => {
      const response = await fetch(`${served.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { code } = problemSchema.parse(await response.json());
      return [response.status, code, response.headers.has('retry-after')];
    };
    const readiness = async () => readinessSchema.parse(JSON.parse(await get('/readyz')));
    const checkOf = async (name: string) => (await readiness()).checks[name];
    const figureOf = async (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await get('/metrics'))?.[1]);
    const changesOf = (name: string) =>
      served
        .stderr()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => lineSchema.parse(JSON.parse(line)))
        .flatMap(({ check, status }) => (check === name ? [status] : []));
    await eventually('all is well', async () => (await readiness()).status === 'pass');
    const doctor = await command(['doctor', '--listen', '1'], settings);
    assert.match(doctor.stdout, '✓ `serve` runs, and all that it checks is well');

    const frozen = processesOf(join(folder, 'postgres'));
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      await eventually('it is seen', async () => (await checkOf('database'))?.status === 'fail', 20_000);
      assert.match((await checkOf('database'))?.detail ?? '', 'does not answer');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => get(n % 2 === 0 ? '/readyz' : '/metrics')),
      );
      assert.ok(answers.every((answer) => answer !== ''));
      const period = 'from=2026-11-01T00:00:00Z&to=2026-11-30T00:00:00Z';
      const reads = [
        '/api/crm/comms',
        '/api/crm/comms/counts',
        '/api/crm/comms/live',
        '/api/crm/comms/6f1c2f4e-0d5b-5a7e-9c55-1d9a0a3b7c11/events',
        '/api/crm/customers',
        '/api/crm/export',
        `/api/crm/reports/summary?${period}`,
        '/api/admin/audit',
        `/api/admin/coverage?${period}`,
        '/api/admin/parked',
        '/api/admin/rebuilds',
      ];
      const call = { customer_id: 'c-1', direction: 'inbound', duration_seconds: 1 };
      assert.equal(
        await Promise.all(reads.map((path) => refusalOf(path))),
        reads.map(() => [503, 'DATABASE_UNAVAILABLE', true]),
      );
      // what is not stored for sure, or what nobody can tell
      const [status, code, retries] = await refusalOf('/api/crm/calls/log', call);
      assert.equal([status, retries], [503, true]);
      assert.match(String(code), /^LOG_(?:UNAVAILABLE|OUTCOME_UNKNOWN)$/);
      pbx.clients[0]?.send(eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1' }));
      await eventually('the backlog is told of', async () => (await checkOf('pbx pbx'))?.status === 'warn', 60_000);
      assert.match((await checkOf('pbx pbx'))?.detail ?? '', 'wait in the journal');
      const oldest = () => figureOf('commslog_journal_oldest_seconds{pbx="pbx"}');
      await eventually('it is told how long it waits', async () => (await oldest()) >= 1);
      assert.ok((await figureOf('commslog_answer_age_seconds{part="read_model"}')) >= 1);
      assert.is(await figureOf('commslog_pbx_connected{pbx="pbx"}'), 1);
      const told = await command(['doctor', '--listen', '1'], settings);
      assert.is(told.status, 1);
      assert.match(told.stdout, '✗ `serve` says of database: does not answer');
    } finally {
      for (const pid of frozen) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT');
    }
    await eventually('all is well again', async () => (await readiness()).status === 'pass', 60_000);
    await eventually('it is said', () => changesOf('database').length === 2, 30_000);
    assert.equal(changesOf('database'), ['fail', 'pass']);
    assert.is(await figureOf('commslog_journal_oldest_seconds{pbx="pbx"}'), 0);
    assert.is(await served.stop(), 0, served.stderr());
    await pbx.close();
  }));

test.run();
