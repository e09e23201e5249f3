import type { BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { recordEvent } from '../../src/importing/recordEvent.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('the page that compares with call records', { deadlineMs: 120_000 });
const web = await startWebSystem();
test.after(() => web.close());

await web.hear(['inbound-answered', 'outbound-busy']);
await web.heard();
const { rows } = await web.system.pool.query(
  `select pbx, ext_message_id, external_number_raw, did from read_v1.crm_comms_log where direction = 'inbound'`,
);
await storeRecord(rows[0]);

const pictures = process.env.SCREENSHOTS;
const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  'narrow-dark': { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
};
const STICKS_OUT = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

test('compares nothing before somebody asks for it', async () => {
  const page = await web.signedIn('admin', '/connection');
  await page.getByRole('link', { name: 'Compare with call records' }).click();
  await page.getByText('That you looked is recorded.').waitFor();
  assert.is(await page.getByText('compared').count(), 0);
  assert.is(await page.getByRole('link', { name: 'Connection' }).first().getAttribute('aria-current'), 'page');
});

test('tells each disagreement in words, and leads to its call', async () => {
  const page = await compared();
  await page.getByText(/^2 calls compared, \d disagreements\.$/).waitFor();
  const table = page.getByRole('region', { name: 'Disagreements' }).getByRole('table');
  const told = (await table.getByRole('row').allInnerTexts()).slice(1).map((row) => row.split('\t').slice(2));
  assert.ok(
    told.some(([kind]) => kind === 'not in the records'),
    told.join('; '),
  );
  const outcome = told.find(([kind]) => kind === 'outcome');
  assert.equal(outcome, ['outcome', 'Answered', 'Missed']);
  await table.getByRole('link').first().click();
  await page.getByRole('dialog').getByText('Call id').waitFor();
});

test('shows one kind alone', async () => {
  const page = await compared();
  await page.getByRole('combobox', { name: 'About what' }).click();
  await page.getByRole('option', { name: 'outcome (1)' }).click();
  assert.is(await page.getByRole('table').getByRole('row').count(), 2);
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`${look}: can be used by everybody, and nothing sticks out`, async () => {
    const page = await compared({ reducedMotion: 'reduce', ...options });
    await page.getByRole('table').waitFor();
    assert.equal(await violations(page), []);
    assert.is(await page.evaluate(STICKS_OUT), false);
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/reconcile-${look}.png`, fullPage: true });
  });
}

test.run();

async function compared(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await web.signedIn('auditor', '/connection/records', options);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText(/calls compared/).waitFor();
  return page;
}

/** Of a heard call, as if nobody had answered it. */
async function storeRecord(call: Readonly<Record<string, string>>): Promise<void> {
  const id = call.ext_message_id ?? '';
  const columns = {
    calldate: new Date(Number(id.split('.')[0]) * 1000).toISOString().slice(0, 19).replace('T', ' '),
    src: call.external_number_raw ?? '',
    did: call.did ?? '',
    dcontext: 'from-did-direct',
    channel: 'PJSIP/mytrunk-00000001',
    dstchannel: 'PJSIP/101-00000002',
    lastapp: 'Dial',
    lastdata: 'PJSIP/101/sip:101@192.0.2.1,15',
    duration: '9',
    billsec: '0',
    disposition: 'NO ANSWER',
    uniqueid: id,
    linkedid: id,
  };
  const context = { pbx: call.pbx ?? '', zone: 'UTC', now: web.system.clock.now(), app: 'test' };
  const made = recordEvent({ fields: Object.entries(columns) }, context);
  if (made === null) throw new Error('no record');
  const { position } = await web.system.log.append(made.stream, [made.event], 'no_stream');
  await web.system.projector.reach(position);
}
