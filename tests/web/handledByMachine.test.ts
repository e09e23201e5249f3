import * as assert from 'uvu/assert';
import { tellCalls } from '../http/support/facts.ts';
import { tellMachineCall } from '../http/support/machineCall.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('a call that a machine handled, in the web app', { deadlineMs: 120_000 });
const web = await startWebSystem();
test.after(() => web.close());
await tellCalls(web.system, [{ occurred_at: new Date(web.system.clock.now() / 1_000).toISOString() }]);
await tellMachineCall(web.system, 'main');

test('says so in its row and when it is opened, and a filter finds it', async () => {
  const page = await web.signedIn('agent', '/', { reducedMotion: 'reduce' });
  const calls = page.getByRole('link', { name: /^Open the call/ });
  await calls.nth(1).waitFor();
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('checkbox', { name: 'Handled by a machine' }).check();
  await page.waitForURL(/machine=1/);
  await calls.nth(1).waitFor({ state: 'detached' });
  const row = page.locator('[data-row]').filter({ hasText: 'Handled by a machine' });
  await row.getByText('Caller gave up').waitFor();
  assert.equal(await violations(page), []);
  await calls.click();
  const facts = page.getByRole('dialog').getByRole('region', { name: 'Facts' });
  await facts.getByText('Handled by a machine').waitFor();
});

test('is a figure of the reports', async () => {
  const page = await web.signedIn('agent', '/reports', { reducedMotion: 'reduce' });
  const figure = page.getByRole('definition').and(page.locator('dt:text("Handled by a machine") + dd'));
  await figure.first().waitFor();
  assert.match((await figure.allInnerTexts()).join(), /^\d+(,\d+)*$/);
});

test('is found by the link that somebody else sends, and said in Greek', async () => {
  const page = await web.signedIn('agent', '/?machine=1', { locale: 'el-GR' });
  await page.locator('[data-row]').filter({ hasText: 'Τη χειρίστηκε μηχανή' }).waitFor();
  await page.getByRole('button', { name: 'Αφαίρεση: Τη χειρίστηκε μηχανή' }).waitFor();
});

test.run();
