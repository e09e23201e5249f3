import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { command, type Served, startServe } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog serve', { deadlineMs: 120_000 });

const listSchema = z.object({
  items: z.array(z.object({ id: z.string(), pbx: z.string(), customer: z.object({ name: z.string() }).nullable() })),
});

type Settings = Readonly<Record<string, string>>;

async function inDataDir(work: (settings: Settings) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    chmodSync(folder, 0o711);
    await work({ DATA_DIR: join(folder, 'data'), HTTP_PORT: '0' });
  });
}

async function tokenOf(settings: Settings, role = 'agent'): Promise<string> {
  const { status, stdout, stderr } = await command(['token', '--role', role], settings);
  assert.is(status, 0, stderr);
  return stdout.trim();
}

async function calls(served: Served, token: string): Promise<z.infer<typeof listSchema>['items']> {
  const response = await fetch(`${served.url}/api/crm/comms?limit=100`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.ok ? listSchema.parse(await response.json()).items : [];
}

test('plays the demo through the real listener where nothing is configured, marked as such', () =>
  inDataDir(async (settings) => {
    const served = await startServe(settings);
    assert.match(served.stdout(), 'DEMO');
    const token = await tokenOf(settings);
    await eventually(
      'calls with their customers',
      async () => {
        const items = await calls(served, token);
        return (
          items.length > 20 &&
          items.some((item) => item.customer !== null) &&
          items.every(({ pbx }) => pbx === 'demo' || pbx === 'manual')
        );
      },
      90_000,
    );
    const me = await fetch(`${served.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
    assert.match(await me.text(), '"demo":true');
    assert.is(await served.stop(), 0);
  }));

test('starts empty with DEMO=off and says that nothing is listened to', () =>
  inDataDir(async (settings) => {
    const served = await startServe({ ...settings, DEMO: 'off' });
    assert.match(served.stdout(), 'none configured');
    assert.equal(await calls(served, await tokenOf({ ...settings, DEMO: 'off' })), []);
    assert.is(await served.stop(), 0);
  }));

test('takes the next port when its own is taken, refuses a second serve on its data, signs an admin in once by its link', () =>
  inDataDir(async (settings) => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const served = await startServe({ ...settings, DEMO: 'off', HTTP_PORT: String(port) });
    assert.not.equal(new URL(served.url).port, String(port));

    const second = await command(['serve'], { ...settings, DEMO: 'off' });
    assert.is(second.status, 1);
    assert.match(second.stderr, 'DATA_DIR_IN_USE');
    assert.is((await fetch(`${served.url}/livez`)).status, 200);

    const link = new URL(served.link ?? '').hash.replace('#link=', '');
    const signIn = () =>
      fetch(`${served.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: served.url },
        body: JSON.stringify({ link }),
      });
    assert.ok((await signIn()).ok);
    assert.is((await signIn()).status, 401);
    assert.is(await served.stop(), 0);
    await new Promise((resolve) => other.close(resolve));
  }));

test('keeps its calls, under the same ids, through a kill and a second start', () =>
  inDataDir(async (settings) => {
    const token = await tokenOf(settings);
    const first = await startServe(settings);
    await eventually('the calls of the last days', async () => (await calls(first, token)).length >= 36);
    const before = (await calls(first, token)).map((item) => item.id);
    await first.stop('SIGKILL');
    const second = await startServe(settings);
    const after = (await calls(second, token)).map((item) => item.id);
    for (const id of before) assert.ok(after.includes(id));
    assert.is(await second.stop(), 0);
  }));

test('names a wrong setting and ends', async () => {
  const { status, stderr } = await command(['serve'], { HTTP_PORT: 'eighty' });
  assert.is(status, 1);
  assert.match(stderr, 'HTTP_PORT');
});

test.run();
