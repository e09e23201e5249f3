import * as assert from 'uvu/assert';
import { tellGuessedCall } from '../http/support/guessedCall.ts';
import { suite } from '../support/suite.ts';
import { violations } from './support/violations.ts';
import { startWebSystem } from './support/webSystem.ts';

const test = suite('contexts that no rule knows, on the page of the connections', { deadlineMs: 120_000 });
const web = await startWebSystem();
test.after(() => web.close());
await tellGuessedCall(web.system);

test('are listed with the rule to add; an auditor may look', async () => {
  const page = await web.signedIn('auditor', '/connection', { reducedMotion: 'reduce' });
  const card = page.getByRole('region', { name: 'Not known to the rules' }).first();
  await card.getByText('"trunk_contexts": ["gate_in"]').waitFor();
  assert.is(await card.getByRole('button').count(), 0);
  assert.equal(await violations(page), []);
});

test('an administrator builds with the rule by one click; nothing is served otherwise', async () => {
  const page = await web.signedIn('admin', '/connection', { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Build with gate_in' }).click();
  await page.getByText('The build has begun').first().waitFor();
  const { rows } = await web.system.pool.query(
    `select rules::jsonb -> 'trunk_contexts' ? 'gate_in' as knows, (select active_version from commslog.read_model) as active
     from commslog.read_model_version where version = 2`,
  );
  assert.equal(rows, [{ knows: true, active: 1 }]);
});

test('in Greek too', async () => {
  const page = await web.signedIn('admin', '/connection', { locale: 'el-GR' });
  await page.getByRole('button', { name: 'Χτίσιμο με gate_in' }).waitFor();
});

test.run();
