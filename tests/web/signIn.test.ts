import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('signing in on the page', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
await web.hear(['inbound-answered']);

test('a Greek browser gets Greek words', async () => {
  const page = await web.signedIn('admin', '/', { locale: 'el-GR' });
  await page.getByRole('heading', { name: 'Εισερχόμενα' }).waitFor();
  assert.is(await page.locator('html').getAttribute('lang'), 'el');
  await page.getByText('Σήμερα').waitFor();
});

test('who is not signed in can sign in by a token; a link that was used is refused', async () => {
  const context = await web.browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${web.url}/#link=used`);
  await page.getByRole('alert').getByText('used or too old').waitFor();
  assert.not.match(page.url(), /link=/);
  await page.getByText('commslog token --link --role agent').waitFor();
  assert.equal(await violations(page), []);
  await page.getByLabel('Token').fill(await web.system.token('agent'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Inbox' }).waitFor();
  await context.close();
});

test('when the session ends, the page says so and keeps what was typed', async () => {
  const page = await web.signedIn('agent', '/customers/c-1');
  await page.getByRole('button', { name: 'Log call' }).click();
  const notes = page.getByRole('dialog').getByRole('textbox', { name: 'Notes' });
  await notes.fill('half a sentence');
  await page.context().clearCookies();
  await page.getByRole('dialog').getByRole('button', { name: 'Log call' }).click();
  await page.getByRole('dialog').getByRole('alert').getByText('Your session is over.').waitFor();
  assert.is(await notes.inputValue(), 'half a sentence');
});

test.run();
