import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { logCalls } from './support/loggedCalls.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('who is to be called back, on the page', { deadlineMs: 90_000 });
const web = await startWebSystem();
test.after(() => web.close());

const CALLERS = 3;

test.before(async () => {
  await web.system.ask({
    method: 'PUT',
    path: '/api/crm/people/agent',
    token: await web.system.token('admin'),
    body: { name: 'Anna P.', sub: 'agent' },
  });
  await web.register('c-1', 'Marios Kallergis', '+30 695 550 1234');
  // two of them twice
  await web.hear(['inbound-missed', 'inbound-abandoned', 'inbound-voicemail', 'inbound-withheld']);
  await web.hear(['inbound-missed', 'inbound-abandoned']);
  await web.heard();
});

const row = (page: Page, who: string | RegExp) => page.getByRole('listitem').filter({ hasText: who });
const links = (page: Page) => page.getByRole('link', { name: /^Open the last call of/ });

test('is one line a caller, taken by one whom the others see, with a note and a time that is said to be over', async () => {
  const page = await web.signedIn('agent', '/call-backs', { reducedMotion: 'reduce' });
  const marios = row(page, 'Marios Kallergis');
  await marios.getByText(/^2 tries, last .+, waits for \d/).waitFor();
  const callers = await links(page).count();
  assert.is(callers, CALLERS);
  await page.getByText(`${callers} callers to call back`).waitFor({ state: 'attached' });
  await marios.getByRole('button', { name: 'Take it: Marios Kallergis' }).click();
  await marios.getByText('Yours').waitFor();
  await marios.getByRole('button', { name: 'Time and note: Marios Kallergis' }).click();
  const note = page.getByRole('textbox', { name: 'Note' });
  await note.fill('wants an offer');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog', { name: 'What you typed is not saved.' }).waitFor();
  await page.getByRole('button', { name: 'Keep as a draft' }).click();
  await note.waitFor({ state: 'detached' });
  await marios.getByRole('button', { name: 'Time and note: Marios Kallergis' }).click();
  await page.getByText('A draft: you typed this before.').waitFor();
  assert.is(await note.inputValue(), 'wants an offer');
  await page.getByLabel('To be called by').fill('2026-01-02T03:04');
  assert.equal(await violations(page), []);
  await page.getByRole('button', { name: 'Save' }).click();
  await note.waitFor({ state: 'detached' });
  await marios.getByText('wants an offer').waitFor();
  await marios.getByText(/^Overdue since 2 Jan/).waitFor();

  const other = await web.signedIn('auditor', '/call-backs');
  await row(other, 'Marios Kallergis').getByText('Anna P. has it').waitFor();
  await row(other, 'Marios Kallergis').getByText('wants an offer').waitFor();
  assert.is(await row(other, /./).getByRole('button').count(), 0, 'who may not write sees no buttons');
  assert.is(await other.getByRole('checkbox').count(), 0);
  await page.getByRole('button', { name: /^Mine/ }).click();
  await links(page).first().waitFor();
  assert.is(await links(page).count(), 1);
  await marios.getByRole('link', { name: 'To the customer Marios Kallergis' }).click();
  await page.getByRole('heading', { name: 'Marios Kallergis' }).waitFor();
});

test('is worked through by keyboard: down, taken, given back, opened, done', async () => {
  const page = await web.signedIn('agent', '/call-backs?sort=tries', { reducedMotion: 'reduce' });
  await links(page)
    .nth(CALLERS - 1)
    .waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const focused = page.locator('li:has([data-entry]:focus)');
  assert.is(await focused.count(), 1);
  await page.keyboard.press('t');
  await focused.getByText('Yours').waitFor();
  await page.keyboard.press('t');
  await focused.getByText('Yours').waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await links(page).nth(2).focus();
  await page.keyboard.press('e');
  await page.getByText('1 caller is off the list; who calls again is back on it.').waitFor();
  await links(page)
    .nth(CALLERS - 1)
    .waitFor({ state: 'detached' });
  assert.is(await focused.count(), 1, 'the focus is on another caller');
});

test('goes by itself when somebody has spoken with them, and is closed with the reason and the call', async () => {
  const page = await web.signedIn('agent', '/call-backs');
  await row(page, 'Marios Kallergis').waitFor();
  await logCalls(web, [{ direction: 'outbound' }], { customer: 'c-1' });
  await row(page, 'Marios Kallergis').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Closed' }).click();
  const marios = row(page, 'Marios Kallergis');
  await marios.getByText(/^A call was logged by hand, .+ \(last missed .+\)$/).waitFor();
  assert.equal(await violations(page), []);
  await marios.getByRole('link', { name: 'That call: Marios Kallergis' }).click();
  await page.getByRole('dialog').getByText('Logged by hand').first().waitFor();
});

test('is empty when all are selected and done with, which says what happened; the reason stands under Closed', async () => {
  await web.hear(['inbound-abandoned', 'inbound-voicemail']);
  await web.heard();
  const page = await web.signedIn('agent', '/call-backs');
  await links(page).nth(1).waitFor();
  const waiting = await links(page).count();
  await page.getByRole('button', { name: `Select all ${waiting}` }).click();
  await page.getByText(`${waiting} selected`).waitFor();
  await page.getByText('Marks all their missed calls as done.', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByText(`${waiting} callers are off the list`, { exact: false }).waitFor();
  await page.getByText('Nobody waits to be called back').waitFor();
  await page.getByText(/callers? to call back$/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Closed' }).click();
  await page
    .getByText(/^Was marked as done, /)
    .nth(waiting - 1)
    .waitFor();
});

test.run();
