import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('the inbox', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

test('a call rings in the banner and appears with its customer, in two tabs, without a reload', async () => {
  await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
  const first = await web.signedIn('agent');
  const second = await web.signedIn('auditor');
  await first.getByText('No calls yet').waitFor();
  await web.hear(['inbound-answered'], 'recorded');
  await Promise.all(
    [first, second].map(async (page) => {
      await page.getByRole('status').getByText('Marios Kallergis').waitFor();
      await page.getByRole('link', { name: 'Open the call with Marios Kallergis' }).waitFor();
    }),
  );
  const row = first.getByRole('listitem').filter({ hasText: 'Marios Kallergis' });
  const text = (await row.textContent()) ?? '';
  for (const part of ['Call', '+30 691 234 5678', 'Incoming', 'Marios Kallergis → Ext 101', 'Answered']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.match(text, /Answered\d+s/); // how long it was heard depends on how busy the machine is that plays it
  await first.getByRole('link', { name: 'Open the call with Marios Kallergis' }).click();
  const picture = first.getByRole('region', { name: 'How the call went' });
  await picture
    .getByText(/^ringing .* · talk with Ext 101 /)
    .first()
    .waitFor();
});

test('new calls wait behind a pill and move nothing until it is pressed', async () => {
  const page = await web.signedIn('agent');
  await page
    .getByRole('link', { name: /Open the call/ })
    .first()
    .waitFor();
  const before = await page.getByRole('link', { name: /Open the call/ }).count();
  await web.hear(['inbound-missed', 'outbound-busy', 'inbound-withheld']);
  const pill = page.getByRole('button', { name: '3 new calls' });
  await pill.waitFor();
  assert.is(await page.getByRole('link', { name: /Open the call/ }).count(), before);
  await pill.click();
  await page.getByRole('link', { name: 'Open the call with Number withheld' }).waitFor();
  assert.is(await page.getByRole('link', { name: /Open the call/ }).count(), before + 3);
  assert.is(await pill.count(), 0);
});

test('chips and search narrow the list, and the URL shows the same to somebody else', async () => {
  const page = await web.signedIn('agent');
  const links = page.getByRole('link', { name: /Open the call/ });
  await links.first().waitFor();
  await page.getByRole('button', { name: /^Outgoing/ }).click();
  await page.waitForURL(/view=outgoing/);
  await page.getByText('Busy').waitFor();
  assert.is(await links.count(), 1);
  await page.getByRole('button', { name: /^All/, pressed: false }).click();
  await page.getByRole('textbox', { name: 'Search a name, number or note' }).fill('kallerg');
  await page.waitForURL(/q=kallerg/);
  await page.getByText('That is all').waitFor();
  await links.getByText('Number withheld').waitFor({ state: 'detached' });
  assert.equal(await links.allInnerTexts(), ['Marios Kallergis']);

  const other = await web.signedIn('auditor', new URL(page.url()).search && `/${new URL(page.url()).search}`);
  await other.getByText('That is all').waitFor();
  assert.equal(await other.getByRole('link', { name: /Open the call/ }).allInnerTexts(), ['Marios Kallergis']);
  await other.getByRole('textbox', { name: 'Search a name, number or note' }).fill('nobody at all');
  await other.getByText('Nothing matches').waitFor();
});

test('the keyboard moves through the list and opens a call; switched off, it does nothing', async () => {
  const page = await web.signedIn('agent');
  await page
    .getByRole('link', { name: /Open the call/ })
    .first()
    .waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = await page
    .getByRole('link', { name: /Open the call/ })
    .nth(1)
    .getAttribute('href');
  assert.is(await page.locator('a:focus').getAttribute('href'), second);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('Rang for').waitFor();
  assert.match(page.url(), /call=[0-9a-f-]{36}/);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.not.match(page.url(), /call=/);
  await page.keyboard.press('?');
  await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('c');
  await page.keyboard.press('/');
  assert.is(await page.getByRole('dialog').count(), 0);
  assert.is(await page.locator('input:focus').count(), 0);
});

test('when the server is restarted under the page, it says that the connection is lost, comes back and goes on', async () => {
  const page = await web.signedIn('agent');
  await page
    .getByRole('link', { name: /Open the call/ })
    .first()
    .waitFor();
  await web.stopHttp();
  await page.getByText('The connection was lost.').waitFor();
  await web.startHttp();
  await page.getByText('The connection was lost.').waitFor({ state: 'detached' });
  await web.hear(['outbound-answered']);
  await page.getByRole('button', { name: '1 new call' }).waitFor();
});

test.run();
