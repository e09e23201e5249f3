import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellGuessedCall } from './support/guessedCall.ts';
import { startSystem } from './support/system.ts';

const test = suite('contexts that no rule knows, by the API');
const system = await startSystem();
test.after(system.close);

test('are told with the rules that would know them; a build with those is asked for as any other', async () => {
  await tellGuessedCall(system);
  const token = await system.token('admin');
  const { status, json } = await system.ask({ path: '/api/admin/rules/unknown', token });
  assert.is(status, 200);
  const places = [0, 1].map((at) => [field(json, `items.${at}.setting`), field(json, `items.${at}.value`)]);
  assert.equal(places, [
    ['internal_contexts', 'desks'],
    ['trunk_contexts', 'gate_in'],
  ]);
  const rules = field(json, 'items.0.rules');
  const asked = await system.ask({ method: 'POST', path: '/api/admin/rebuilds', token, body: { rules } });
  assert.equal([asked.status, field(asked.json, 'rules.internal_contexts')], [202, ['from-internal', 'desks']]);
});

test.run();
