import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { controlDb, runVersions, UPKEEP } from '../../src/projections/index.ts';
import { testLeases } from '../projections/support/readModel.ts';
import { logLines } from '../support/logLines.ts';
import { suite } from '../support/suite.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('rules and rebuilds on the page', { deadlineMs: 90_000 });
const web = await startWebSystem();
const builder = buildVersions();
test.after(async () => {
  await builder.stop();
  await web.close();
});

/** What `serve` runs beside the HTTP side: it builds the versions that are asked for. */
function buildVersions() {
  const { pool, url, log } = web.system;
  const stopping = new AbortController();
  const { logger } = logLines();
  const leases = testLeases(url);
  const done = runVersions({
    db: controlDb(pool),
    pool,
    leases,
    upkeep: leases.want(UPKEEP),
    log,
    logger,
    clock: systemClock,
    signal: stopping.signal,
  });
  return {
    async stop() {
      stopping.abort();
      await done;
      await leases.close();
    },
  };
}

const version = (page: Page, number: number) => page.getByRole('region', { name: `Version ${number}` });

await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
await web.hear(['inbound-answered', 'inbound-missed']);

test('rules are edited, built beside the active version, compared, activated and rolled back', async () => {
  const inbox = await web.signedIn('agent');
  await inbox.getByRole('link', { name: 'Open the call with Marios Kallergis' }).waitFor();
  const page = await web.signedIn('admin', '/rebuild');
  await version(page, 1).getByText('Active', { exact: true }).waitFor();

  const rules = page.getByRole('textbox', { name: 'rules.json' });
  const text = await rules.inputValue();
  await rules.fill(text.replace('"country": "GR"', '"country": "Atlantis"'));
  await page.getByRole('button', { name: 'Build with these rules' }).click();
  await page.getByRole('alert').getByText('#/rules/country').waitFor();
  await rules.fill(text.replace('"own_numbers": []', '"own_numbers": ["+306912345678"]'));
  await page.getByRole('button', { name: 'Build with these rules' }).click();

  await page.getByRole('link', { name: 'Review what changes' }).click();
  await page.getByRole('heading', { name: 'Version 2 against version 1' }).waitFor();
  await page.getByText('0 rows are added, 0 removed, 1 changed.').waitFor();
  const change = page.getByRole('listitem').filter({ hasText: 'customer_id' });
  assert.match((await change.textContent()) ?? '', /customer_idc-1 → –/);
  await page.getByText(/^As of /).waitFor();
  // as another server has begun it, which is counting
  const counting = await web.system.pool.connect();
  const nothing = JSON.stringify({ added: 0, removed: 0, changed: 0, byField: {} });
  await counting.query('update commslog.diff_count set is_whole = false, rows = 0, counts = $1', [nothing]);
  await counting.query('begin; select from commslog.diff_count for update');
  await page.reload();
  await page.getByRole('alert').getByText('0% of the rows are compared so far; the counts grow.').waitFor();
  assert.is(await page.getByText('No row changes.').count(), 0);
  await counting.query('commit');
  counting.release();
  await page.getByText('0 rows are added, 0 removed, 1 changed.').waitFor();
  await page.getByText(/^As of /).waitFor();
  await page.getByText('Removed 0').click();
  await change.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await page.getByText('The version is active').waitFor();
  // readers see it without doing anything
  await inbox.getByRole('link', { name: 'Open the call with +30 691 234 5678' }).waitFor();

  await page.goto(`${web.url}/rebuild`);
  await version(page, 1).getByText('you can go back to it until').waitFor();
  await page.getByRole('button', { name: 'Go back to the one before' }).click();
  await page.getByText('The version before is active again').waitFor();
  await inbox.getByRole('link', { name: 'Open the call with Marios Kallergis' }).waitFor();
  await page.getByRole('button', { name: 'Drop: Version 2' }).click();
  await version(page, 2).waitFor({ state: 'detached' });
  assert.is(await page.getByRole('button', { name: 'Go back to the one before' }).count(), 0);
});

test('who may not see a page is told so', async () => {
  const page = await web.signedIn('agent', '/rebuild');
  await page.getByText('Not for your role').waitFor();
  assert.is(await page.getByRole('link', { name: 'Rules and rebuild' }).count(), 0);
});

test('what is set aside is tried again by an admin, who is told what came of it', async () => {
  const parked = (at: number) => [at, streamOf.call('web', '1.1'), 0, 'ChannelOpened', 'POISON_EVENT'];
  const insert = `insert into read_v1.parked values ($1, $2, $3, gen_random_uuid(), $4, $5, now())`;
  await web.system.pool.query(insert, parked(1));
  const auditor = await web.signedIn('auditor', '/connection');
  const aside = (page: Page) => page.getByRole('region', { name: 'Set aside' });
  await aside(auditor).getByText('POISON_EVENT').waitFor();
  assert.is(await aside(auditor).getByRole('button').count(), 0);
  const page = await web.signedIn('admin', '/connection');
  // the log has no such event, so there is nothing to make rows of
  await aside(page).getByRole('button', { name: 'Try again' }).click();
  await page.getByText('1 fact was made into rows, 0 are still set aside.').waitFor();
  await aside(page).getByText('Nothing is set aside.').waitFor();
});

test('the connection page tells in words how each phone system is', async () => {
  const page = await web.signedIn('auditor', '/connection');
  const card = page.getByRole('region', { name: 'Phone system web0' });
  await card.getByText('Connected', { exact: true }).waitFor();
  await page.getByText('Nothing is set aside.').waitFor();
});

test.run();
