import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { DialTable } from '../../src/adapters/postgres/index.ts';
import { beginCalls } from '../../src/dialling/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { Originated } from '../../src/ports/dialling.ts';
import { silent } from '../projections/support/readModel.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('calling somebody from the log', { deadlineMs: 90_000 });
const web = await startWebSystem();
const { system } = web;
const requests = new DialTable(system.pool, { url: system.url, logger: silent });
const stopping = new AbortController();

/** What was dialled, and how the phone system ends what it was asked for last. */
const dialled: string[] = [];
let isPermitted = true;
let end: (outcome: Originated) => void = () => {};
const done = beginCalls(
  {
    requests,
    originate: new Map([
      [
        'web0',
        (origination, { onAccepted }) => {
          dialled.push(`${origination.channel} ${origination.dialled}`);
          if (!isPermitted) return Promise.resolve({ kind: 'refused', reason: 'not_permitted' });
          onAccepted();
          return new Promise((resolve) => {
            end = resolve;
          });
        },
      ],
    ]),
    isOurs: () => true,
    log: system.log,
    clock: systemClock,
    logger: silent,
  },
  stopping.signal,
);
test.after(async () => {
  end({ kind: 'unknown' });
  stopping.abort();
  await done;
  await requests.close();
  await web.close();
});

test.before(async () => {
  await web.register('c-1', 'Maria Kosta', '+30 210 999 9999');
  await web.hear(['inbound-answered']);
  await web.heard();
  const body = { name: 'Anna', sub: 'agent', lines: [{ extension: '101' }] };
  await system.ask({ method: 'PUT', path: '/api/crm/people/anna', token: await system.token('admin'), body });
});

const callButton = (page: Page) => page.getByRole('button', { name: /^Call \+30/ });

test('one’s own phone rings, the button tells how far it is, and a phone that is busy is said', async () => {
  const page = await web.signedIn('agent');
  await callButton(page).focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-dialling="ringing"]', { hasText: 'Your phone rings' }).waitFor();
  assert.equal(await violations(page), []);
  assert.ok((await page.locator('[data-dialling]:focus').count()) === 1, 'the focus stays');
  // whoever presses again begins no second call
  await page.keyboard.press('Enter');
  end({ kind: 'begun' });
  await page.locator('[data-dialling="dialling"]').waitFor();
  assert.is(dialled.length, 1);
  assert.match(dialled[0] ?? '', /^Local\/101@from-internal \d{10}$/);

  await page.getByRole('link', { name: /^Open the call/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Call / })
    .click();
  await page.getByRole('dialog').locator('[data-dialling="ringing"]').waitFor();
  end({ kind: 'refused', reason: 'busy' });
  await page.getByText('Your phone is busy.').waitFor();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Call / })
    .waitFor();
});

test('a customer’s number is called by its place on the card, on a phone and in Greek too', async () => {
  const page = await web.signedIn('agent', '/customers/c-1', {
    locale: 'el-GR',
    viewport: { width: 320, height: 640 },
  });
  await page.getByRole('tab', { name: 'Στοιχεία' }).click();
  const button = page.getByRole('button', { name: /^Κλήση: Maria Kosta/ });

  const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
  assert.ok(width >= 24 && height >= 24, `${width} × ${height}`);
  await button.click();
  await page.locator('[data-dialling="ringing"][title="Χτυπά το τηλέφωνό σας"]').waitFor();
  assert.is(dialled.at(-1), 'Local/101@from-internal 2109999999');
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'nothing hangs over');
  assert.equal(await violations(page), []);
  end({ kind: 'refused', reason: 'no_answer' });
  await page.getByText('Το τηλέφωνό σας δεν απαντήθηκε.').waitFor();
});

test('where the phone system does not permit it, it is said, and the device dials from then on', async () => {
  isPermitted = false;
  const page = await web.signedIn('agent');
  await callButton(page).click();
  await page.getByText('Calls cannot be begun from here: call with your device.').waitFor();
  const link = page.getByRole('link', { name: /^Call .* with this device$/ });
  assert.match((await link.getAttribute('href')) ?? '', /^tel:\+\d+$/);
  isPermitted = true;
});

test('who has no phone here is offered the device at once', async () => {
  const page = await web.signedIn('admin');
  await page.getByRole('link', { name: /^Call .* with this device$/ }).waitFor();
  assert.is(await callButton(page).count(), 0);
});

test.run();
