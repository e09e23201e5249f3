import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createDatabase } from '../../support/postgres.ts';
import { command, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('settings of the rules file that decide no row', { deadlineMs: 120_000 });

test('are in force after a start with a changed file, no rebuild waits for them, and what was set elsewhere since stays', () =>
  inTemporaryFolder(async (folder) => {
    const database = await createDatabase();
    const RULES_FILE = join(folder, 'rules.json');
    const settings = { DATABASE_URL: database.url, DATA_DIR: folder, RULES_FILE, HTTP_PORT: '0', DEMO: 'off' };
    const write = (note_removal?: string) => writeFileSync(RULES_FILE, JSON.stringify({ country: 'GR', note_removal }));
    write();
    const served = async (work: (ask: (path: string, body?: object) => Promise<unknown>) => Promise<void>) => {
      const running = await startServe(settings);
      const token = (await command(['token', '--role', 'admin'], settings)).stdout.trim();
      await work(async (path, body) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const sent = body === undefined ? { headers } : { method: 'PUT', headers, body: JSON.stringify(body) };
        return (await fetch(running.url + path, sent)).json();
      });
      assert.is(await running.stop(), 0, running.stderr());
    };
    await served(async (ask) => {
      assert.is(Object(await ask('/api/crm/settings')).note_removal, 'author_and_admins');
    });
    write('everyone');
    await served(async (ask) => {
      assert.is(Object(await ask('/api/crm/settings')).note_removal, 'everyone');
      assert.is(Object(await ask('/api/admin/rules')).waiting, null);
      await ask('/api/crm/settings', { note_removal: 'author' });
    });
    await served(async (ask) => {
      assert.is(Object(await ask('/api/crm/settings')).note_removal, 'author');
    });
    await database.drop();
  }));

test.run();
