import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { logCalls } from './support/loggedCalls.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('the rows of the inbox', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

const CALLS = 60;
const DAY_MS = 86_400_000;

const MONTHS_AGO = new Date(Date.now() - 90 * DAY_MS);

test.before(async () => {
  await web.register('c-1', 'Παπαδόπουλος, Υιοί και Συνεργάτες', '+30 691 234 5678');
  const calls = Array.from({ length: CALLS }, (_, n) => ({
    duration_seconds: n % 3,
    notes: 'a note',
    ...(n >= 40 ? { occurred_at: MONTHS_AGO.toISOString() } : {}),
  }));
  await logCalls(web, calls, { customer: 'c-1' });
});

const ON_THE_SCREEN = `[...document.querySelectorAll('[data-row]')].map((row) => row.getBoundingClientRect())
  .filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight).length`;

const rowsOn = (page: Page) => page.evaluate<number>(ON_THE_SCREEN);

test('twenty of them and more stand on a screen of 1440 by 900; on two lines there are fewer, which the browser keeps', async () => {
  const page = await web.signedIn('agent', '/', { viewport: { width: 1440, height: 900 } });
  await page.getByText(`${CALLS} calls`).waitFor();
  await eventually('20 rows', async () => (await rowsOn(page)) >= 20);
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'On two lines' }).click();
  await eventually('fewer rows', async () => (await rowsOn(page)) <= 12);
  await page.reload();
  await page.getByText(`${CALLS} calls`).waitFor();
  assert.ok((await rowsOn(page)) <= 12);
});

test('how many there are is said, of a search as well', async () => {
  const page = await web.signedIn('agent', '/?q=papad');
  await page.getByText('0 calls').waitFor();
  await page.getByRole('textbox', { name: 'Search a name, number or note' }).fill('παπαδ');
  await page.getByRole('status').getByText(`${CALLS} calls`).waitFor();
});

test('what is further away than last week stands under its month, each row with its date', async () => {
  const page = await web.signedIn('agent');
  await page.getByRole('button', { name: 'Show more' }).click();
  const isOtherYear = MONTHS_AGO.getFullYear() !== new Date().getFullYear();
  const month = MONTHS_AGO.toLocaleDateString('en-GB', { month: 'long', ...(isOtherYear ? { year: 'numeric' } : {}) });
  const group = page.getByRole('region', { name: month, exact: true });
  const date = MONTHS_AGO.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  await group.getByText(date).first().waitFor();
});

test.run();
