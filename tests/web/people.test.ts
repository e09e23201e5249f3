import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('what people do with calls on the page', { deadlineMs: 60_000 });
const web = await startWebSystem();
test.after(() => web.close());

await web.register('c-1', 'Marios Kallergis', '+30 691 234 5678');
await web.hear(['inbound-answered', 'inbound-missed', 'inbound-abandoned', 'outbound-busy']);

test('a call is logged from the keyboard, once though Enter is pressed twice, and stands in the list at once', async () => {
  const page = await web.signedIn('agent');
  await page
    .getByRole('link', { name: /Open the call/ })
    .nth(3)
    .waitFor();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'Log a call' });
  await form.getByRole('combobox', { name: 'Customer' }).fill('mar');
  await page.getByRole('option', { name: /Marios Kallergis/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await form.getByRole('textbox', { name: 'Minutes' }).fill('3');
  await form.getByRole('textbox', { name: 'Seconds' }).fill('5');
  await form.getByRole('textbox', { name: 'Notes' }).fill('Wants a quote');
  await form.getByRole('textbox', { name: 'Seconds' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.getByText('The call is logged').waitFor();
  const logged = page.getByRole('listitem').filter({ hasText: 'Logged by hand' });
  await logged.waitFor();
  const text = (await logged.textContent()) ?? '';
  for (const part of ['Marios Kallergis', 'Outgoing', 'Answered', '3m 05s', '1 note'])
    assert.ok(text.includes(part), text);
  assert.is(await logged.count(), 1);
});

test('a call in the future is refused at its field, and what was typed stays', async () => {
  const page = await web.signedIn('agent', '/customers/c-1');
  await page.getByRole('button', { name: 'Log call' }).click();
  const form = page.getByRole('dialog', { name: 'Log a call' });
  await form.getByLabel('When it began').fill('2099-01-01T10:00');
  await form.getByRole('textbox', { name: 'Notes' }).fill('stays');
  await form.getByRole('button', { name: 'Log call' }).click();
  await form.getByText('Not in the future.').waitFor();
  assert.is(await form.getByRole('textbox', { name: 'Notes' }).inputValue(), 'stays');
});

test('an unknown caller becomes a new customer, and the calls of before follow', async () => {
  await web.hear(['inbound-abandoned']);
  const page = await web.signedIn('agent', '/?unassigned=1&q=2224');
  const rows = page.getByRole('link', { name: 'Open the call with +30 691 234 2224' });
  await rows.nth(1).waitFor();
  await rows.first().focus();
  await page.keyboard.press('a');
  const form = page.getByRole('dialog', { name: /Assign a customer/ });
  await form.getByText('New customer').click();
  await form.getByRole('textbox', { name: 'Name' }).fill('Nora Newcomer');
  await form.getByRole('button', { name: 'Assign' }).click();
  await page.getByText('The customer is assigned').waitFor();
  await page.goto(`${web.url}/customers`);
  await page.getByRole('link', { name: /Nora Newcomer/ }).click();
  await page.getByRole('link', { name: 'Open the call with Nora Newcomer' }).nth(1).waitFor();
});

test('a customer is made and changed on the page; calls of a second number follow', async () => {
  const page = await web.signedIn('agent', '/customers');
  await page.getByRole('button', { name: 'New customer' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('textbox', { name: 'Name' }).fill('Busy & Sons');
  await form.getByRole('textbox', { name: 'Number' }).fill('210 123 4599');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: /Busy & Sons/ }).click();
  await page.getByText('No calls with this customer yet').waitFor();
  await page.getByRole('button', { name: 'Edit customer' }).click();
  await form.getByRole('button', { name: 'Add a number' }).click();
  await form.getByRole('textbox', { name: 'Number' }).nth(1).fill('694 555 0486');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Open the call with Busy & Sons' }).waitFor();
  await page.getByRole('tab', { name: 'Details' }).click();
  await page.getByText('+30 694 555 0486').waitFor();
});

test('a call from before of a number that two customers share is open, and the drawer says so, as it said of the first', async () => {
  const page = await web.signedIn('agent', '/?q=busy');
  await page.getByRole('link', { name: 'Open the call with Busy & Sons' }).click();
  await page.getByText('This customer is the first who got it later.', { exact: false }).waitFor();
  await web.register('c-2', 'Shares It', '694 555 0486');
  await page.getByText('Several customers got it later. Choose one.', { exact: false }).waitFor();
  await page.getByText('2 possible customers').waitFor();
  await web.system.ask({
    method: 'DELETE',
    path: '/api/crm/customers/c-2',
    token: await web.system.token('admin'),
  });
});

test('numbers that are not understood are counted on the page of the customers, and shown by one press', async () => {
  await web.register('c-3', 'Wrong & Co', '691 234 5601', '3.06912E+11');
  const page = await web.signedIn('agent', '/customers');
  await page.getByText(/^1 of \d+ customers’ numbers is not understood/).waitFor();
  await page.getByRole('link', { name: /Marios/ }).waitFor();
  await page.getByRole('button', { name: 'Show them' }).click();
  await page.getByRole('link', { name: /Marios/ }).waitFor({ state: 'detached' });
  const row = page.getByRole('link', { name: /Wrong & Co/ });
  assert.match((await row.textContent()) ?? '', /3\.06912E\+11.*1 number not understood/);
  await page.getByRole('button', { name: 'All customers' }).click();
  await page.getByRole('link', { name: /Marios/ }).waitFor();
});

test('missed calls are ticked off in bulk, the counter follows, and one press brings them back', async () => {
  const page = await web.signedIn('agent', '/?view=missed');
  const rows = page.getByRole('link', { name: /Open the call/ });
  await rows.nth(2).waitFor();
  const waiting = await rows.count();
  await page.getByText(/^\d+ callers? to call back$/).waitFor({ state: 'attached' });
  await page.getByRole('checkbox', { name: 'Select all shown' }).check();
  await page.getByRole('button', { name: 'Mark as done', exact: true }).click();
  await page.getByText('Nobody is waiting').waitFor();
  await page.getByText(/callers? to call back/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await rows.nth(waiting - 1).waitFor();
  await rows.first().focus();
  await page.keyboard.press('e');
  await rows.nth(waiting - 1).waitFor({ state: 'detached' });
});

test('a note is added and removed in the drawer, and another tab sees it', async () => {
  const page = await web.signedIn('agent', '/?q=kallergis');
  const other = await web.signedIn('auditor', '/?q=kallergis');
  const calls = (of: typeof page) => of.getByRole('link', { name: 'Open the call with Marios Kallergis' });
  await calls(other).first().click();
  await other.getByText('No notes yet.').waitFor();
  await calls(page).first().click();
  await page.getByRole('textbox', { name: 'New note' }).fill('Called back twice');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('listitem').getByText('Called back twice').waitFor();
  await other.getByText('Called back twice').waitFor();
  assert.is(await other.getByRole('textbox', { name: 'New note' }).count(), 0);
  await page.getByRole('button', { name: 'Remove this note' }).click();
  await other.getByText('No notes yet.').waitFor();
});

test('a call is told in a sentence; the technical part is folded for agents and open for auditors', async () => {
  const agent = await web.signedIn('agent', '/?q=kallergis');
  await agent.getByRole('link', { name: 'Open the call with Marios Kallergis' }).first().click();
  await agent
    .getByText(/^Marios Kallergis called [\d ]+\. Ext 101 answered( after \d+s)?( and talked for \d+s)?\.$/)
    .waitFor();
  const why = (page: typeof agent) => page.getByRole('region', { name: 'Why this direction?' });
  assert.not.ok(await why(agent).isVisible());
  await agent.getByText('Where it came through, and why the row says so').click();
  await why(agent).waitFor();
  const call = new URL(agent.url()).searchParams.get('call');
  const auditor = await web.signedIn('auditor', `/?call=${call}`, { locale: 'el-GR' });
  await auditor.getByText(/^Κλήση από Marios Kallergis προς το [\d ]+\. Απάντησε Εσωτ\. 101/).waitFor();
  await auditor.getByRole('region', { name: 'Γιατί αυτή η κατεύθυνση;' }).waitFor();
});

test('a note of another person can be taken back only by whom the rule lets, which an administrator changes at once', async () => {
  const agent = await web.signedIn('agent', '/?q=kallergis');
  const call = agent.getByRole('link', { name: 'Open the call with Marios Kallergis' }).first();
  await call.click();
  await agent.getByRole('textbox', { name: 'New note' }).fill('of the agent');
  await agent.getByRole('button', { name: 'Save' }).click();
  await agent.getByRole('listitem').getByText('of the agent').waitFor();
  const id = new URL(agent.url()).searchParams.get('call');
  const token = await web.system.token('admin', 'somebody');
  await web.system.ask({ method: 'POST', path: `/api/crm/comms/${id}/notes`, token, body: { text: 'of somebody' } });
  const note = (text: string) => agent.getByRole('listitem').filter({ hasText: text });
  const remove = (text: string) => note(text).getByRole('button', { name: 'Remove this note' });
  await note('of somebody').waitFor();
  assert.equal([await remove('of the agent').count(), await remove('of somebody').count()], [1, 0]);

  const admin = await web.signedIn('admin', '/rebuild');
  await admin.getByRole('combobox', { name: 'Who may take back a note' }).click();
  await admin.getByRole('option', { name: 'Everyone who may write' }).click();
  await admin.getByText('It is in force', { exact: true }).waitFor();
  await agent.reload();
  await remove('of somebody').click();
  await note('of somebody').waitFor({ state: 'detached' });
  await remove('of the agent').click();
  await agent.getByText('No notes yet.').waitFor();
});

test('an auditor reads the raw facts of a call and takes them along, and that is recorded', async () => {
  const page = await web.signedIn('auditor', '/?q=kallergis');
  await page.getByRole('link', { name: 'Open the call with Marios Kallergis' }).first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('Exactly one customer had this number when the call began.').waitFor();
  assert.is(await drawer.getByRole('table').count(), 0);
  await drawer.getByRole('button', { name: 'Show the raw facts' }).click();
  await drawer
    .getByText(/^ChannelOpened/)
    .first()
    .click();
  await drawer.getByText('Uniqueid: ').first().waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    drawer.getByRole('button', { name: 'Download as NDJSON' }).click(),
  ]);
  assert.match(file.suggestedFilename(), /\.ndjson$/);
  await page.goto(`${web.url}/connection`);
  const read = page.getByRole('row').filter({ has: page.getByRole('cell', { name: 'Read the raw facts' }) });
  await read.first().getByRole('link').click();
  await page.getByRole('dialog').getByText('Exactly one customer had this number when the call began.').waitFor();
});

test('an agent reports a call as a transcript in which nobody is named', async () => {
  const page = await web.signedIn('agent', '/?q=kallergis');
  await page.getByRole('link', { name: 'Open the call with Marios Kallergis' }).first().click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Report this call' }).click(),
  ]);
  const chunks: string[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(String(chunk));
  const transcript = chunks.join('');
  assert.match(transcript, /^Event: Newchannel\r?$/m);
  assert.not.match(transcript, /6912345678/);
});

test.run();
