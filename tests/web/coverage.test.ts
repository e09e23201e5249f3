import type { BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('what was heard, on the page of the connections', { deadlineMs: 120_000 });
const web = await startWebSystem();
test.after(() => web.close());

const DAYS_AGO = "now() - interval '1 day' *";
await web.system.pool.query(`
  insert into read_v1.pbx_session
    (pbx, session, connected_at, disconnected_at, last_heard_at, reason, pbx_went_down)
  values
    ('athens', 0, ${DAYS_AGO} 25, ${DAYS_AGO} 12, ${DAYS_AGO} 12, 'STOPPED', false),
    ('athens', 3, ${DAYS_AGO} 11.7, ${DAYS_AGO} 5, ${DAYS_AGO} 5, 'AMI_TIMEOUT', false),
    ('athens', 6, ${DAYS_AGO} 4.99, ${DAYS_AGO} 2, ${DAYS_AGO} 2, 'KILLED', false),
    ('athens', 9, ${DAYS_AGO} 1.8, null, null, null, false),
    ('patras', 0, ${DAYS_AGO} 3, ${DAYS_AGO} 1, ${DAYS_AGO} 1, 'TAKEN_OVER', false),
    ('patras', 2, ${DAYS_AGO} 0.9, null, null, null, false),
    ('larissa', 0, ${DAYS_AGO} 3, null, null, null, false);
  insert into read_v1.gap_filling (pbx, session, revision, asked_at, outcome, records, calls, reason, final) values
    ('athens', 3, 4, ${DAYS_AGO} 11.6, 'filled', 12, 5, null, true),
    ('athens', 6, 7, ${DAYS_AGO} 4.9, 'not_filled', 0, 0, 'not_configured', false);
  insert into read_v1.gap_heard (pbx, session, heard_session, revision, until, facts, set_aside) values
    ('patras', 2, 0, 4, ${DAYS_AGO} 0.95, 7, 2)`);

/** `SCREENSHOTS` keeps a picture of each look, as `npm run screenshots` does. */
const pictures = process.env.SCREENSHOTS;
const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { viewport: { width: 320, height: 640 } },
  'narrow-dark': { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
};
const STICKS_OUT = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

for (const [look, options] of Object.entries(LOOKS)) {
  test(`${look}: is a bar a day that everybody can read, and the gaps in words`, async () => {
    const page = await open(options);
    assert.equal(await violations(page), []);
    assert.is(await page.evaluate(STICKS_OUT), false);
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/coverage-${look}.png`, fullPage: true });
  });
}

test('says how much of the last days was heard of each phone system, and what became of each gap', async () => {
  const page = await open();
  const athens = page.getByRole('region', { name: 'Phone system athens' });
  await athens.getByText(/^9\d\.\d% heard in 26 days, 3 gaps$/).waitFor();
  await page
    .getByRole('region', { name: 'Phone system larissa' })
    .getByText(/^100% heard in 4 days, 0 gaps$/)
    .waitFor();
  const rows = await page.getByRole('region', { name: 'Gaps' }).getByRole('row').allInnerTexts();
  const told = rows.slice(1).map((row) =>
    row
      .replace(/\d+:\d+:\d+(\s[AP]M)?/g, '…')
      .split('\t')
      .slice(3),
  );
  assert.equal(told, [
    [
      'a server was lost, and another took over',
      'filled from a journal from … until …: 7 facts, 2 set aside; 1h 12m 00s not heard (call records not asked yet)',
    ],
    ['commslog ended without a word', 'call records not asked yet'],
    ['the phone system did not answer', 'not filled: no database of call records is configured (CDR_DATABASE_URL)'],
    ['commslog was stopped', '5 unheard calls filled in from 12 records'],
  ]);
});

test('the figures of the bars can be opened and read by keyboard, every day of every phone system', async () => {
  const page = await open();
  const card = page.getByRole('region', { name: 'How much was heard' }).first();
  await card.getByText('The figures').focus();
  await page.keyboard.press('Enter');
  const table = card.getByRole('table');
  await table.waitFor();
  assert.is(await table.getByRole('row').count(), 91);
  await page.keyboard.press('Tab');
  assert.is(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'How much was heard');
});

test('in Greek too', async () => {
  const page = await open({ locale: 'el-GR' });
  await page.getByText('διαγραμμισμένο όπου').waitFor();
});

test.run();

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await web.signedIn('auditor', '/connection', { reducedMotion: 'reduce', ...options });
  await page.getByText('athens').first().waitFor();
  return page;
}
