import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('people instead of extensions', { deadlineMs: 90_000 });
const web = await startWebSystem();
test.after(() => web.close());

const put = async (path: string, body: unknown) => {
  const token = await web.system.token('admin');
  const { status } = await web.system.ask({ method: 'PUT', path: `/api/crm${path}`, token, body });
  assert.ok(status < 300, `${path} was answered with ${status}`);
};
const rows = (page: Page) => page.getByRole('link', { name: /^Open the call/ });

test.before(async () => {
  await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
  await web.hear(['inbound-answered', 'inbound-missed']);
  await web.heard();
});

test('rows, drawer and menu name who had the phone, and a list is narrowed to a person', async () => {
  const page = await web.signedIn('agent');
  await page.getByText('Ext 101').first().waitFor();
  await put('/people/anna', { name: 'Anna P.', sub: 'agent', lines: [{ extension: '101' }] });
  await put('/place-names', { dids: [{ place: '2101234567', name: 'Support line' }] });
  await page.getByText('Anna P. (101)').first().waitFor();
  await rows(page).first().click();
  await page.getByRole('dialog').getByText('Anna P. (101)').first().waitFor();
  await page
    .getByRole('dialog')
    .getByText(/^Support line \(/)
    .waitFor();
  await page.getByRole('dialog').getByRole('textbox', { name: 'New note' }).fill('A note');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page
    .getByRole('dialog')
    .getByText(/^Anna P\., /)
    .waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Account and settings' }).click();
  await page.getByText('Anna P.', { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  await put('/people/bert', { name: 'Bert K.', lines: [{ extension: '999' }] });
  await page.reload();
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Person' }).click();
  await page.getByRole('option', { name: 'Bert K.' }).click();
  await page.getByText('Nothing matches').waitFor();
  assert.match(page.url(), /person=bert/);
  assert.equal(await violations(page), []);
  await page.getByRole('button', { name: 'Take off: Person: Bert K.' }).click();
  await rows(page).first().waitFor();
});

test('my calls are those in which I took part; who has no phone is told who gives them one', async () => {
  const page = await web.signedIn('agent');
  await page.getByRole('button', { name: /^My calls/ }).click();
  await page.getByText('Anna P. (101)').first().waitFor();
  assert.match(page.url(), /view=mine/);
  const other = await web.signedIn('auditor', '/?view=mine');
  await other.getByText('No phone is yours yet').waitFor();
  assert.equal(await violations(other), []);
});

test('figures are not offered to who does not see all calls, and the page says why', async () => {
  await put('/settings', { visibility: { agent: 'own', auditor: 'all' } });
  const page = await web.signedIn('agent', '/reports');
  await page.getByText('Not for those who see only some calls').waitFor();
  assert.is(await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).count(), 0);
  assert.equal(await violations(page), []);
  await put('/settings', { visibility: { agent: 'all', auditor: 'all' } });
});

test.run();
