import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, HISTORY_ZONE, notableCall, tellHistory } from '../support/history.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('every page', { deadlineMs: 400_000 });
const web = await startWebSystem();
test.after(() => web.close());

/** `npm run screenshots` keeps a picture of each page in the folder that the README shows, of a company at work. */
const pictures = process.env.SCREENSHOTS;
const shownAt = pictures === undefined ? null : atWork();
const { call, customer } = shownAt === null ? await fewCalls() : await sixWeeks(shownAt);
if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

/** What the pages are shown with: a call of a customer, and one of the customers on the first page. */
type Subject = { readonly call: string; readonly customer: { readonly id: string; readonly oneOfAll: string } };

async function fewCalls(): Promise<Subject> {
  await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
  await web.register('c-2', 'Παπαδόπουλος & Υιοί', '691 234 5603', '210 999 0001');
  await web.register('c-3', 'Eleni Vlachou', '+306941112233', '+306955501234');
  await web.register('c-4', 'Thames Trading Ltd', '+44 20 7123 4567');
  const others = [
    'inbound-abandoned',
    'outbound-busy',
    'inbound-missed',
    'inbound-greek-name',
    'outbound-international',
  ];
  await web.hear(others, 'fast');
  await web.heard();
  await web.hear(['inbound-answered'], 'recorded');
  await web.heard();
  const { items } = await web.system.readModel.list({ customerId: 'c-1' }, null, 1);
  return { call: items[0]?.id ?? '', customer: { id: 'c-1', oneOfAll: 'Thames Trading Ltd' } };
}

async function sixWeeks(until: Micros): Promise<Subject> {
  const { readModel } = web.system;
  await tellHistory(web.system, until);
  const { id, customer } = await notableCall(readModel);
  const { items } = await readModel.customers({}, null, 1);
  return { call: id, customer: { id: customer?.id ?? '', oneOfAll: items[0]?.name ?? '' } };
}

type Shown = { readonly name: string; readonly path: string; ready(page: Page): Promise<unknown> };

const PAGES: readonly Shown[] = [
  { name: 'inbox', path: '/', ready: (page) => page.getByText('Answered').first().waitFor() },
  { name: 'missed', path: '/?view=missed', ready: (page) => page.getByRole('checkbox').first().waitFor() },
  { name: 'nothing', path: '/?q=nobody', ready: (page) => page.getByText('Nothing matches').waitFor() },
  {
    name: 'call',
    path: `/?call=${call}`,
    ready: (page) => page.getByText('How the call went').waitFor(),
  },
  {
    name: 'log-call',
    path: `/customers/${customer.id}`,
    async ready(page) {
      await page.getByRole('button', { name: 'Log call' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Notes' }).waitFor();
    },
  },
  {
    name: 'assign',
    path: '/?unassigned=1',
    async ready(page) {
      await page
        .getByRole('button', { name: /^Assign: / })
        .first()
        .click();
      await page.getByRole('dialog').getByText('New customer').click();
      await page.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
    },
  },
  { name: 'customers', path: '/customers', ready: (page) => page.getByText(customer.oneOfAll).first().waitFor() },
  {
    name: 'customer',
    path: `/customers/${customer.id}`,
    ready: (page) => page.getByText('Answered').first().waitFor(),
  },
  {
    name: 'call-backs',
    path: '/call-backs',
    ready: (page) => page.getByRole('heading', { name: 'To call back' }).waitFor(),
  },
  { name: 'reports', path: '/reports', ready: (page) => page.getByText(/^Busiest/).waitFor() },
  { name: 'connection', path: '/connection', ready: (page) => page.getByText('Nothing is set aside.').waitFor() },
  { name: 'rebuild', path: '/rebuild', ready: (page) => page.getByRole('textbox', { name: 'rules.json' }).waitFor() },
];

const STANDS_STILL = 'document.getAnimations().every(({ playState }) => playState !== "running")';

const STICKS_OUT = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 } },
};

for (const [look, options] of Object.entries(LOOKS)) {
  test(`${look}: can be used by everybody, and nothing sticks out`, async () => {
    const place = shownAt === null ? {} : { timezoneId: HISTORY_ZONE };
    const page = await web.signedIn('admin', '/', { reducedMotion: 'reduce', ...place, ...options });
    if (shownAt !== null) await page.clock.setFixedTime(shownAt / 1000);
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (said) => said.type() === 'error' && problems.push(said.text()));
    for (const { name, path, ready } of PAGES) {
      await page.goto(web.url + path);
      await ready(page);
      await eventually(`${name} stands still`, () => page.evaluate<boolean>(STANDS_STILL));
      problems.push(...(await violations(page)).map((what) => `${name}: ${what}`));
      if (await page.evaluate(STICKS_OUT)) problems.push(`${name}: scrolls sideways`);
      const kept = (look === 'light' && name !== 'nothing') || name === 'inbox';
      if (pictures !== undefined && kept) await page.screenshot({ path: `${pictures}/${name}-${look}.png` });
    }
    assert.equal(problems, []);
  });
}

test('right to left, nothing sticks out either', async () => {
  const page = await web.signedIn('admin', '/', LOOKS.narrow);
  for (const path of ['/', `/customers/${customer.id}`, '/reports']) {
    await page.goto(web.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate('document.documentElement.dir = "rtl"');
    assert.is(await page.evaluate(STICKS_OUT), false, path);
  }
});

test.run();
