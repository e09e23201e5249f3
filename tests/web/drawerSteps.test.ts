import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { logCalls } from './support/loggedCalls.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('going from call to call with one open', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

const PAGE = 50;
const CALLS = PAGE + 3;

test.before(async () => {
  await web.register('c-1', 'Anna Lambrou', '+30 691 234 5678');
  const calls = Array.from({ length: CALLS }, (_, n) => ({ notes: `the ${n + 1}. note` }));
  await logCalls(web, calls, { customer: 'c-1', apartMs: 1_000 });
});

const shows = (page: Page, n: number) =>
  page.getByRole('dialog').getByText(`the ${n}. note`, { exact: true }).waitFor();
const callOf = (page: Page) => new URL(page.url()).searchParams.get('call');

test('buttons and keys follow the list, the end of it brings more, and closing leads back to the list at once', async () => {
  const page = await web.signedIn('agent', '/', { reducedMotion: 'reduce' });
  const links = page.getByRole('link', { name: /^Open the call/ });
  await links.nth(1).click();
  await shows(page, 2);
  const [previous, next] = ['Previous call', 'Next call'].map((name) =>
    page.getByRole('dialog').getByRole('button', { name }),
  );
  await next?.click();
  await shows(page, 3);
  await page.keyboard.press('k');
  await shows(page, 2);
  await previous?.click();
  await shows(page, 1);
  assert.is(await previous?.getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await shows(page, 2);
  assert.equal(await violations(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.is(callOf(page), null);
  assert.match((await page.locator('a:focus').getAttribute('href')) ?? '', /call=/);

  await links.nth(PAGE - 2).click();
  await shows(page, PAGE - 1);
  for (let n = PAGE; n <= CALLS; n++) {
    await page.keyboard.press('j');
    await shows(page, n);
  }
  await page.getByRole('status').getByText(`${CALLS} of ${CALLS}: Anna Lambrou`).waitFor({ state: 'attached' });
  assert.is(await next?.getAttribute('aria-disabled'), 'true');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.is(await links.count(), CALLS);
  await page.goForward();
  await shows(page, CALLS);
});

test('while a note is typed its letters are letters', async () => {
  const page = await web.signedIn('agent');
  await page
    .getByRole('link', { name: /^Open the call/ })
    .nth(4)
    .click();
  await shows(page, 5);
  const note = page.getByRole('dialog').getByRole('textbox', { name: 'New note' });
  await note.pressSequentially('jk');
  await page.keyboard.press('ArrowRight');
  assert.is(await note.inputValue(), 'jk');
  await shows(page, 5);
});

test('a call that a link leads to is closed to the list, and one that is not in it has no neighbours', async () => {
  const first = await web.signedIn('agent');
  await first
    .getByRole('link', { name: /^Open the call/ })
    .first()
    .click();
  await shows(first, 1);
  const page = await web.signedIn('agent', `/?view=missed&call=${callOf(first)}`);
  await shows(page, 1);
  assert.is(await page.getByRole('button', { name: 'Next call' }).count(), 0);
  await page.keyboard.press('Escape');
  await page.getByText('Nobody is waiting').waitFor();
  assert.is(new URL(page.url()).search, '?view=missed');
});

test.run();
