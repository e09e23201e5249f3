import type { BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { PbxShown, ServerShown } from '../../src/ports/health.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('which server does what, on the page of the connections', { deadlineMs: 120_000 });

const server = (own: Partial<ServerShown>): ServerShown => ({
  name: 'web1',
  isThisOne: false,
  isLiving: true,
  program: '1.2.3',
  startedAt: '2026-11-25T12:00:00.000000Z',
  silentSeconds: 1,
  listensTo: [],
  standsByFor: [],
  projects: [],
  standsByToProject: false,
  ...own,
});
const SERVERS = [
  server({ isThisOne: true, silentSeconds: 0, standsByFor: ['athens'], standsByToProject: true }),
  server({ name: 'web2', listensTo: ['athens'], projects: [1, 2] }),
  server({ name: 'web3' }),
  server({ name: 'web4', isLiving: false, silentSeconds: 90, listensTo: [] }),
];
const ATHENS: PbxShown = {
  pbx: 'athens',
  state: 'connected',
  level: 'pass',
  detail: 'web2 listens: Connected.',
  since: '2026-11-25T12:00:00.000000Z',
  listener: { name: 'web2', isThisOne: false, secondsAgo: 1 },
  lastHeardAt: '2026-11-25T12:00:00.000000Z',
  delayMs: 20,
  account: null,
  lastError: null,
  reconnects: 0,
  counts: {},
};
const PATRAS: PbxShown = {
  ...ATHENS,
  pbx: 'patras',
  state: 'stopped',
  level: 'fail',
  detail: 'No server listens to it.',
  since: null,
  listener: null,
  lastHeardAt: null,
  delayMs: null,
};

let servers: readonly ServerShown[] = SERVERS;
const web = await startWebSystem({ servers: () => servers, pbxs: () => [ATHENS, PATRAS] });
test.after(() => web.close());

/** `SCREENSHOTS` keeps a picture of each look, as `npm run screenshots` does. */
const pictures = process.env.SCREENSHOTS;
const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 } },
};
const STICKS_OUT = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

for (const [look, options] of Object.entries(LOOKS)) {
  test(`${look}: everybody can read it`, async () => {
    const page = await open(options);
    assert.equal(await violations(page), []);
    assert.is(await page.evaluate(STICKS_OUT), false);
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/servers-${look}.png`, fullPage: true });
  });
}

test('says of each server what it does, and of one that is not heard of only since when', async () => {
  const page = await open();
  const card = page.getByRole('region', { name: 'Servers' });
  for (const line of [
    'this server web1: stands by for athens · stands by for the call log · commslog 1.2.3',
    'another server web2: listens to athens · keeps the call log (version 1, 2) · commslog 1.2.3 · heard of 1s ago',
    'another server web3: answers browsers and programs only · commslog 1.2.3 · heard of 1s ago',
    'not heard of web4: commslog 1.2.3 · heard of 1m 30s ago',
  ]) {
    await card.getByText(line).waitFor();
  }
});

test('says of each phone system which server listens to it, and of one that none does, nothing that is not known', async () => {
  const page = await open();
  await page.getByRole('region', { name: 'Phone system athens' }).getByText('web2 (heard of 1s ago)').waitFor();
  const patras = page.getByRole('region', { name: 'Phone system patras' });
  await patras.getByText('Broken').waitFor();
  await patras.getByText('No server listens to it.').waitFor();
  for (const fact of ['Listened to by', 'Since', 'Last heard', 'Connected anew']) {
    assert.is(await patras.getByText(fact).count(), 0, fact);
  }
});

test('in Greek too', async () => {
  const page = await open({ locale: 'el-GR' }, 'Διακομιστές');
  await page.getByText('περιμένει να αναλάβει: athens').waitFor();
  await page.getByText('κρατά το ημερολόγιο κλήσεων (έκδοση 1, 2)').waitFor();
});

test('says nothing of servers where there is one alone', async () => {
  servers = SERVERS.slice(0, 1);
  const page = await web.signedIn('auditor', '/connection');
  await page.getByRole('region', { name: 'Phone system athens' }).waitFor();
  await page.getByText('Nothing is set aside.').waitFor();
  assert.is(await page.getByRole('region', { name: 'Servers' }).count(), 0);
  servers = SERVERS;
});

test.run();

async function open(options: BrowserContextOptions = {}, title = 'Servers'): Promise<Page> {
  const page = await web.signedIn('auditor', '/connection', options);
  await page.getByRole('region', { name: title }).waitFor();
  return page;
}
