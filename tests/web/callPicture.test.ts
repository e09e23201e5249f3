import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { Appending } from '../projections/support/appending.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { recordingFile } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('how a call went, as it is drawn and told', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

const ivr = recordingFile('asterisk-22/in-ivr-101/ami.txt.gz').path;

test.before(async () => {
  const told = await sessionOf('main', 0, [
    ...['inbound-queue', 'inbound-voicemail', 'inbound-hold'].map(demoRecording),
    ivr,
  ]);
  await web.system.projector.reach(await new Appending(web.system.log).append(told));
});

/** The outside party's line, and the legend. */
async function picture(page: Page, nth: number, title = 'How the call went') {
  await page.locator('[data-entry]').nth(nth).click();
  const region = page.getByRole('region', { name: title });
  const line = (await region.locator('[data-kind="outside"]').textContent()) ?? '';
  const legend = await region.getByRole('list').last().getByRole('listitem').allTextContents();
  return { line, legend, region };
}

test('says menu, queue, voicemail and hold as the fold decided, each in text, with a legend', async () => {
  const page = await web.signedIn('agent');
  const seen = [];
  for (const [nth, words] of [
    [0, [/menu ivr-1 .* · ringing .* · talk with Ext 101 /]],
    [1, [/ringing .* · talk with Ext 101 .* · on hold, by Ext 101 .* · talk with Ext 101 /]],
    [2, [/ringing .* · voicemail \d+ /]],
    [3, [/queue 400 .* · talk with Ext 103 /]],
  ] as const) {
    const { line, legend } = await picture(page, nth);
    for (const word of words) assert.match(line, word);
    seen.push(...legend);
    await page.keyboard.press('Escape');
  }
  for (const word of ['menu', 'queue', 'voicemail', 'on hold', 'talk', 'ringing']) assert.ok(seen.includes(word), word);
});

test('shows no talk on the line of a caller who spoke with voicemail alone', async () => {
  const page = await web.signedIn('agent');
  const { region } = await picture(page, 2);
  assert.is(await region.locator('[data-what="talk"]').count(), 0);
  assert.is(await region.locator('[data-kind="outside"] [data-what="voicemail"]').count(), 1);
});

test('in Greek too, on a phone of 320 pixels, and to WCAG 2.2 AA', async () => {
  const page = await web.signedIn('agent', '/', { locale: 'el-GR', viewport: { width: 320, height: 700 } });
  const { line, legend } = await picture(page, 3, 'Πώς εξελίχθηκε η κλήση');
  assert.match(line, /ουρά 400 .* · συνομιλία: .*103/);
  assert.ok(legend.includes('ουρά'));
  assert.equal(await violations(page), []);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.is(overflow, 0);
});

test.run();
