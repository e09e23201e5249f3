import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { suite } from '../support/suite.ts';
import { logCalls } from './support/loggedCalls.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('what was typed and not sent', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

test.before(async () => {
  await web.register('c-1', 'Anna Lambrou', '+30 691 234 5678');
  await logCalls(web, [{}, {}], { customer: 'c-1' });
});

const form = (page: Page) => page.getByRole('dialog', { name: 'Log a call' });
const field = (page: Page, name: string) => form(page).getByRole('textbox', { name });
const question = (page: Page) => page.getByRole('alertdialog', { name: 'What you typed is not saved.' });
const loggedSchema = z.object({ duration_seconds: z.int(), occurred_at: z.string() });
const MINUTE_MS = 60_000;

test('75 seconds are 1:15 and said so, and a call of half an hour began half an hour ago until one says otherwise', async () => {
  const page = await web.signedIn('agent', '/customers/c-1');
  await page.getByRole('button', { name: 'Log call' }).click();
  const began = form(page).getByLabel('When it began');
  const minutesAgo = async () => (Date.now() - new Date(await began.inputValue()).getTime()) / MINUTE_MS;
  await field(page, 'Minutes').fill('30');
  assert.ok(Math.abs((await minutesAgo()) - 30) < 3, await began.inputValue());
  await field(page, 'Seconds').fill('75');
  await form(page).getByText('Lasted 31m 15s').waitFor();
  assert.is(await field(page, 'Seconds').inputValue(), '75');
  await began.fill('2026-01-02T03:04');
  await field(page, 'Minutes').fill('');
  assert.is(await began.inputValue(), '2026-01-02T03:04');
  await form(page).getByRole('button', { name: 'Let it end now' }).click();
  assert.ok((await minutesAgo()) < 5);
  await field(page, 'Seconds').fill('a few');
  await form(page).getByRole('button', { name: 'Log call' }).click();
  await form(page).getByText('A whole number, please.').waitFor();
  await field(page, 'Seconds').fill('75');
  const before = Date.now();
  await form(page).getByRole('button', { name: 'Log call' }).click();
  await page.getByText('The call is logged').waitFor();
  await page.getByRole('button', { name: 'View' }).click();
  const id = new URL(page.url()).searchParams.get('call');
  const { json } = await web.system.ask({ path: `/api/crm/comms/${id}`, token: await web.system.token('agent') });
  const { duration_seconds, occurred_at } = loggedSchema.parse(json);
  assert.is(duration_seconds, 75);
  assert.ok(Math.abs(Date.parse(occurred_at) + 75_000 - before) < MINUTE_MS, occurred_at);
});

test('closing a form asks; kept as a draft it comes back and says so, thrown away it is gone', async () => {
  const page = await web.signedIn('agent', '/customers/c-1', { reducedMotion: 'reduce' });
  const open = () => page.getByRole('button', { name: 'Log call' }).click();
  await open();
  await page.keyboard.press('Escape');
  await form(page).waitFor({ state: 'detached' });
  await open();
  await field(page, 'Notes').fill('wants an offer');
  await page.keyboard.press('Escape');
  await question(page).waitFor();
  assert.equal(await violations(page), []);
  await page.keyboard.press('Enter');
  await question(page).waitFor({ state: 'detached' });
  assert.is(await field(page, 'Notes').inputValue(), 'wants an offer');
  await form(page).getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await form(page).waitFor({ state: 'detached' });
  await open();
  await form(page).getByText('A draft: you typed this before.').waitFor();
  assert.is(await field(page, 'Notes').inputValue(), 'wants an offer');
  assert.equal(await violations(page), []);
  await form(page).getByRole('button', { name: 'Throw away' }).click();
  assert.is(await field(page, 'Notes').inputValue(), '');
  await page.keyboard.press('Escape');
  await form(page).waitFor({ state: 'detached' });
});

test('a note is a draft of its call alone, survives a reload, and signing out forgets it', async () => {
  const page = await web.signedIn('agent');
  const links = page.getByRole('link', { name: /^Open the call/ });
  const note = page.getByRole('dialog').getByRole('textbox', { name: 'New note' });
  await links.nth(1).click();
  await note.fill('call back on Monday');
  await page.keyboard.press('Escape');
  await question(page).waitFor();
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await links.nth(2).click();
  await note.waitFor();
  assert.is(await note.inputValue(), '');
  await page.getByRole('button', { name: 'Previous call' }).click();
  await page.getByText('A draft: you typed this before.').waitFor();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.getByText('A draft: you typed this before.').waitFor();
  assert.is(await note.inputValue(), 'call back on Monday');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.is(await page.evaluate<number>('sessionStorage.length'), 1);
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.is(await page.evaluate<number>('sessionStorage.length'), 0);
});

test('a new customer that is not saved asks and comes back', async () => {
  const page = await web.signedIn('agent', '/customers');
  await page.getByRole('button', { name: 'New customer' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Nora');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'New customer' }).click();
  await dialog.getByText('A draft: you typed this before.').waitFor();
  await dialog.getByRole('textbox', { name: 'Number' }).fill('+30 691 234 5000');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: /Nora/ }).waitFor();
  await page.getByRole('button', { name: 'New customer' }).click();
  assert.is(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), '');
});

test.run();
