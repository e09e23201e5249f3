import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Role } from '../../../src/domain/events.ts';
import { createToken } from '../../../src/http/index.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { fakePbx, SECRET } from '../../support/fakePbx.ts';
import { createDatabase } from '../../support/postgres.ts';
import { command, type Served, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('several servers on one database', { deadlineMs: 180_000 });

const healthSchema = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.object({ status: z.string(), detail: z.string() })),
});
const serversSchema = z.object({
  items: z.array(z.object({ name: z.string(), this_one: z.boolean(), listens_to: z.array(z.string()) })),
});
const AUTH_SECRET = randomBytes(32).toString('hex');
const TAKE_OVER_MS = 30_000;

test('each says who listens, projects and answers HTTP alone, also after the one that did was killed', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      await client.pong();
    });
    const { url, drop } = await createDatabase();
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, AUTH_SECRET, { mode: 0o600 });
    const common = { DATABASE_URL: url, HTTP_PORT: '0', AUTH_SECRET_FILE: secretFile };
    const listening = { AMI_HOST: pbx.host, AMI_PORT: String(pbx.port), AMI_USERNAME: 'crm', AMI_PASSWORD: SECRET };
    const named = (name: string) => ({ ...common, DATA_DIR: join(folder, name), SERVER_NAME: name });

    const a = await startServe({ ...named('a'), ...listening });
    await eventually('a listens', async () => (await health(a)).status === 'pass', TAKE_OVER_MS);
    const b = await startServe({ ...named('b'), ...listening });
    const c = await startServe({ ...named('c'), ...listening }, ['--only', 'http']);
    assert.match(b.stdout(), 'pbx (a listens)');
    assert.match(c.stdout(), 'c: HTTP alone');
    assert.match(c.stderr(), 'nobody reads these settings');

    for (const server of [a, b, c]) {
      await eventually('it hears of all', async () => (await does(server)).split('; ').length === 3);
    }
    assert.match(await does(a), 'a (this one) listens to pbx, projects version 1');
    assert.match(await does(b), 'b (this one) stands by for pbx');
    assert.match(await does(c), 'c (this one) answers HTTP alone');
    for (const other of [b, c]) {
      const { status, checks } = await health(other);
      assert.is(status, 'pass', JSON.stringify(checks));
      assert.match(checks['pbx pbx']?.detail ?? '', /^a listens: Connected/);
    }
    const figures = await ask(b, '/metrics');
    assert.match(figures, 'commslog_lease_held{lease="pbx:pbx"} 0');
    assert.match(figures, 'commslog_servers 3');
    assert.not.match(figures, 'commslog_pbx_connected');

    // what is written at one that does not project is seen there as soon as it is answered
    await write(c, 'PUT', '/api/crm/customers/c-1', { name: 'Anna', numbers: [] });
    const call = { customer_id: 'c-1', direction: 'inbound', duration_seconds: 9 };
    await write(c, 'POST', '/api/crm/calls/log', call);
    assert.match(await ask(c, '/api/crm/comms?customer_id=c-1'), '"duration_seconds":9');

    await a.stop('SIGKILL');
    await eventually('b listens', async () => (await listens(c)) === 'b', TAKE_OVER_MS);
    await eventually('all is well', async () => (await health(c)).status === 'pass', TAKE_OVER_MS);
    assert.match((await health(b)).checks['pbx pbx']?.detail ?? '', /^Connected/);

    assert.is(await b.stop(), 0, b.stderr());
    // that nobody projects may be known a moment earlier
    const isTold = async () => (await health(c)).checks['pbx pbx']?.detail === 'No server listens to it.';
    await eventually('nobody listens', isTold, TAKE_OVER_MS);
    assert.is((await health(c)).status, 'fail');
    assert.is(await c.stop(), 0, c.stderr());
    await pbx.close();
    await drop();
  }));

test('one that answers HTTP alone needs the database of the others, and says so', async () => {
  const { status, stderr } = await command(['serve', '--only', 'http']);
  assert.is(status, 1);
  assert.match(stderr, 'DATABASE_URL: `serve --only http` needs that of the servers which listen and project.');
});

test.run();

let asked = 0;

/** Each time as another one: who asks too often is refused. */
async function authorization(role: Role): Promise<string> {
  asked += 1;
  const who = { sub: `${role}-${asked}`, role, ttlSeconds: 60, now: systemClock.now() };
  return `Bearer ${await createToken(new TextEncoder().encode(AUTH_SECRET), who)}`;
}

async function ask(served: Served, path: string): Promise<string> {
  return (await fetch(served.url + path, { headers: { authorization: await authorization('auditor') } })).text();
}

async function write(served: Served, method: 'PUT' | 'POST', path: string, body: unknown): Promise<void> {
  const headers = { authorization: await authorization('agent'), 'content-type': 'application/json' };
  const answer = await fetch(served.url + path, { method, headers, body: JSON.stringify(body) });
  assert.is(answer.status, 201, await answer.text());
}

async function health(served: Served): Promise<z.infer<typeof healthSchema>> {
  return healthSchema.parse(JSON.parse(await ask(served, '/readyz')));
}

async function does(served: Served): Promise<string> {
  return (await health(served)).checks.servers?.detail ?? '';
}

/** Which server listens to the PBX, as this one knows. */
async function listens(served: Served): Promise<string | undefined> {
  const { items } = serversSchema.parse(JSON.parse(await ask(served, '/api/admin/servers')));
  return items.find(({ listens_to }) => listens_to.includes('pbx'))?.name;
}
