import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { logCalls } from './support/loggedCalls.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('the filters of the inbox', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

const links = (page: Page) => page.getByRole('link', { name: /^Open the call/ });

test.before(async () => {
  await web.register('c-1', 'Anna Lambrou', '+30 691 234 5678');
  await web.register('c-2', 'Marios Kallergis', '+30 691 234 5679');
  await logCalls(web, [{}, { direction: 'outbound', duration_seconds: 0 }, { duration_seconds: 0 }], {
    customer: 'c-1',
  });
  await logCalls(
    web,
    Array.from({ length: 70 }, () => ({})),
    { customer: 'c-2', apartMs: 60_000 },
  );
});

test('an outcome is chosen and taken off again, stands in the URL, and can be used by everybody', async () => {
  const page = await web.signedIn('agent', '/', { reducedMotion: 'reduce' });
  await page.getByText('73 calls').waitFor();
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('checkbox', { name: 'Missed', exact: true }).check();
  await page.getByText('2 calls').waitFor();
  assert.match(page.url(), /outcome=missed/);
  await page.getByRole('checkbox', { name: 'Answered' }).check();
  await page.getByText('73 calls').waitFor();
  assert.equal(await violations(page), []);
  await page.getByRole('button', { name: 'Take off: Answered' }).click();
  await page.getByText('2 calls').waitFor();
  const other = await web.signedIn('auditor', `/${new URL(page.url()).search}`);
  await other.getByRole('button', { name: 'Take off: Missed' }).waitFor();
  await other.getByText('2 calls').waitFor();
  await other.getByRole('button', { name: 'Clear filters' }).click();
  await other.getByText('73 calls').waitFor();
});

test('an outcome that a view cannot have narrows nothing there, and is back where it can be', async () => {
  const page = await web.signedIn('agent', '/?outcome=answered');
  await page.getByText('71 calls').waitFor();
  await page.getByRole('button', { name: /^No answer/ }).click();
  await page.getByText('1 call', { exact: true }).waitFor();
  assert.is(await page.getByRole('button', { name: 'Take off: Answered' }).count(), 0);
  await page.goBack();
  await page.getByText('71 calls').waitFor();
});

test('what is done is found in every view', async () => {
  const page = await web.signedIn('agent', '/?view=missed');
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^Mark as done: / }).click();
  await page.getByText('Nobody is waiting').waitFor();
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Done' }).click();
  await page.getByRole('option', { name: 'Done', exact: true }).click();
  await links(page).waitFor();
  await page.getByRole('button', { name: /^All/, pressed: false }).click();
  await page.waitForURL((url) => !url.search.includes('view=') && !url.search.includes('done='));
  await page.goto(`${web.url}/?done=yes`);
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.goto(`${web.url}/?view=missed&done=1`);
  await links(page).waitFor();
});

test('a range the wrong way round is said at its field, and nothing is asked until it is put right', async () => {
  const page = await web.signedIn('agent');
  await page.getByText('73 calls').waitFor();
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('From', { exact: true }).fill('2026-03-02');
  await page.waitForURL(/from=2026-03-02/);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByLabel('Until', { exact: true }).fill('2026-03-01');
  await page.getByText('Nothing was looked for').waitFor();
  await page.getByText('The wrong way round: it is before “From”.').waitFor();
  assert.is(await page.getByLabel('Until', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.equal(
    asked.filter((url) => url.includes('2026-03-01')),
    [],
  );
  await page.getByLabel('Until', { exact: true }).fill('2026-03-03');
  await page.getByText('Nothing matches').waitFor();
});

test('exactly the view is saved as a table by who may, and nobody else sees the button', async () => {
  const page = await web.signedIn('auditor', '/?q=lambrou%20anna&outcome=missed');
  await page.getByText('2 calls').waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV', exact: true }).click(),
  ]);
  const chunks: string[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(String(chunk));
  const lines = chunks.join('').trim().split(/\r?\n/);
  assert.is(lines.length, 3);
  assert.ok(
    lines.slice(1).every((line) => line.includes('Anna Lambrou') && line.includes('missed')),
    lines.join('\n'),
  );
  const agent = await web.signedIn('agent');
  await agent.getByText('73 calls').waitFor();
  assert.is(await agent.getByRole('link', { name: 'CSV', exact: true }).count(), 0);
});

test('how long one talked, our number, the trunk and the queue narrow it, picked from what calls name', async () => {
  const page = await web.signedIn('agent');
  await page.getByText('73 calls').waitFor();
  await page.getByRole('button', { name: 'More filters' }).click();
  const shorter = page.getByRole('textbox', { name: 'Talked at most' });
  await shorter.fill('0:59');
  await page.getByText('2 calls').waitFor();
  await page.getByRole('button', { name: 'Take off: Talked at most: 59s' }).waitFor();
  await page.getByRole('textbox', { name: 'Talked at least' }).fill('1:30');
  await page.getByText('The wrong way round: it is less than “Talked at least”.').waitFor();
  await page.getByText('Nothing was looked for').waitFor();
  await shorter.fill('soon');
  await page.getByText('Minutes and seconds, 1:30; at most 24 hours.').waitFor();
  await shorter.fill('');
  await page.getByText('Nothing matches').waitFor();

  await web.hear(['inbound-queue']);
  await web.heard();
  await page.goto(web.url);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Our number' }).click();
  await page.getByRole('option').first().click();
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Queue' }).click();
  await page.getByRole('option').first().click();
  await page.waitForURL(/did=.*queue=|queue=.*did=/);
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Trunk' }).click();
  await page.getByRole('option').first().click();
  await page.waitForURL(/trunk=/);
  await links(page).first().waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByText('74 calls').waitFor();
});

test('Back leads to the view before, where it was scrolled to, and closes the drawer; letters of a search are no views', async () => {
  const page = await web.signedIn('agent', '/', { viewport: { width: 1280, height: 500 } });
  await page.getByText('74 calls').waitFor();
  await page.getByRole('button', { name: /^Incoming/ }).click();
  await page.getByText('73 calls').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await links(page).nth(70).scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate<number>('scrollY');
  assert.ok(scrolled > 300, `${scrolled}`);
  await links(page).nth(69).click();
  await page.getByRole('dialog').getByText('Notes', { exact: true }).waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.is(await page.evaluate('scrollY'), scrolled);
  await page.getByRole('link', { name: 'Customers' }).click();
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.goBack();
  await eventually('the inbox as it was', async () => (await page.evaluate<number>('scrollY')) === scrolled);
  assert.match(page.url(), /view=incoming/);
  await page.goBack();
  await page.getByText('74 calls').waitFor();

  await page
    .getByRole('textbox', { name: 'Search a name, number or note' })
    .pressSequentially('lambrou', { delay: 400 });
  await page.getByText('3 calls').waitFor();
  await page.getByRole('button', { name: /^Outgoing/ }).click();
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.goBack();
  await page.getByText('3 calls').waitFor();
  assert.is(await page.getByRole('textbox', { name: 'Search a name, number or note' }).inputValue(), 'lambrou');
});

test.run();
