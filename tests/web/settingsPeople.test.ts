import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('the page of people', { deadlineMs: 120_000 });
const web = await startWebSystem();
const pictures = process.env.SCREENSHOTS;
test.after(() => web.close());

test.before(async () => {
  await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
  await web.hear(['inbound-answered', 'inbound-queue']);
  await web.heard();
});

const add = async (page: Page, name: string, extension: string) => {
  await page.getByRole('button', { name: 'New person' }).click();
  const form = page.getByRole('dialog', { name: 'New person' });
  await form.getByRole('textbox', { name: 'Name' }).fill(name);
  await form.getByLabel('Extension', { exact: true }).fill(extension);
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The person is saved').first().waitFor();
};

test('a person is added with an extension, invited, signs in by the link, and is signed out when that is revoked', async () => {
  const page = await web.signedIn('admin');
  await page.getByRole('navigation').getByRole('link', { name: 'People' }).click();
  await page.getByText('Nobody is known yet.').waitFor();
  await add(page, 'Anna P.', '101');
  await page.getByText('Not invited yet').waitFor();
  await page.getByRole('button', { name: 'Invite: Anna P.' }).click();
  const shown = page.getByRole('dialog', { name: 'A link for Anna P.' });
  const link = await shown.getByRole('textbox', { name: 'Sign-in link' }).inputValue();
  await shown.getByRole('button', { name: 'Copy the link' }).waitFor();
  assert.equal(await violations(page), []);
  await shown.getByRole('button', { name: 'Close' }).click();
  await page.getByText(/^Invited /).waitFor();

  const theirs = await web.browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const anna = await theirs.newPage();
  await anna.goto(link);
  await anna.getByText('Anna P. (101)').first().waitFor();
  await anna.getByRole('button', { name: 'Account and settings' }).click();
  await anna.getByText('Agent · Ext 101').waitFor();
  assert.is(await anna.getByRole('navigation').getByRole('link', { name: 'People' }).count(), 0);

  await page.getByRole('button', { name: 'Revoke access: Anna P.' }).click();
  await page.getByRole('alert').getByRole('button', { name: 'Revoke access' }).click();
  await page.getByText(/^Access revoked /).waitFor();
  await anna.getByText('Your session is over.').waitFor();
  await theirs.close();
});

test('an extension that another one has is refused at its field; the day on which it changed hands is kept', async () => {
  const page = await web.signedIn('admin', '/settings/people');
  await page.getByRole('button', { name: 'New person' }).click();
  const form = page.getByRole('dialog', { name: 'New person' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Bert K.');
  await form.getByLabel('Extension', { exact: true }).fill('101');
  await page.keyboard.press('Tab');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText(/another person has it at that time/).waitFor();
  await form.getByLabel('From').fill('2031-04-01');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await form.getByRole('button', { name: 'Throw away' }).click();
  await page.getByRole('button', { name: 'Change the person: Anna P.' }).click();
  const anna = page.getByRole('dialog', { name: 'Change the person' });
  await anna.getByLabel('Until').fill('2031-03-31');
  await anna.getByRole('button', { name: 'Save' }).click();
  await anna.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Change the person: Anna P.' }).click();
  assert.is(await anna.getByLabel('Until').inputValue(), '2031-03-31');
});

test('a team has queues, places have names, and roles see less, from one page', async () => {
  const page = await web.signedIn('admin', '/settings/people');
  await page.getByRole('region', { name: 'Names of queues and numbers' }).getByLabel('400').fill('Sales');
  await page.getByRole('region', { name: 'Names of queues and numbers' }).getByRole('button', { name: 'Save' }).click();
  await page.getByText('The names are saved').waitFor();
  await page.getByRole('button', { name: 'New team' }).click();
  const form = page.getByRole('dialog', { name: 'New team' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Front desk');
  await form.getByRole('combobox', { name: 'Queues' }).click();
  await page.getByRole('option', { name: 'Sales (400)' }).click();
  await form.getByRole('textbox', { name: 'Name' }).press('Enter');
  await page.getByText('0 members · Sales').waitFor();
  await page.getByRole('combobox', { name: 'Agents see' }).click();
  await page.getByRole('option', { name: 'Own calls' }).click();
  await page.getByText('It is in force').first().waitFor();
  await page.getByRole('checkbox', { name: 'Hide phone numbers from agents' }).click();
  await page.getByRole('checkbox', { name: 'Hide phone numbers from agents', checked: true }).waitFor();
  const agent = await web.signedIn('agent', '/settings/people');
  await agent.getByText('Not for your role').waitFor();
});

for (const { name, options } of [
  { name: 'wide', options: { viewport: { width: 1440, height: 900 } } },
  { name: 'narrow and dark', options: { viewport: { width: 320, height: 700 }, colorScheme: 'dark', locale: 'el-GR' } },
] as const) {
  test(`everybody can use it: ${name}`, async () => {
    const page = await web.signedIn('admin', '/settings/people', { reducedMotion: 'reduce', ...options });
    await page.getByText('Anna P.').first().waitFor();
    await page.getByText('Front desk').first().waitFor();
    assert.equal(await violations(page), []);
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing is cut off');
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/people-${name}.png`, fullPage: true });
    await page
      .getByRole('button', { name: /: Anna P\.$/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('combobox').first().waitFor();
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/person-${name}.png` });
    assert.equal(await violations(page), []);
  });
}

test.run();
