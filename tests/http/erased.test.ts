import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { carryOut, planErasure } from '../../src/erasing/index.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { listen } from './support/events.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('after a customer was erased');
const system = await startSystem();
const agent = await system.token('agent');
const admin = await system.token('admin');
test.after(system.close);

await tellCustomer(system, 'gone', 'Somebody');
await tellCustomer(system, 'here', 'Somebody else');
const [own = '', other = ''] = await tellCalls(system, [{ customer_id: 'gone' }, { customer_id: 'here' }]);

test('its calls go from the live feed at once, and their pages are not found', async () => {
  const feed = await listen(system.port, { path: '/api/crm/comms/live', token: agent });
  await feed.until('it listens', (events) => events.some(({ event }) => event === 'current'));
  const { pool, log } = system;
  const plan = await planErasure({ pool, log, refused: [] }, { kind: 'customer', id: 'gone' });
  const by = { actor: { sub: 'cli:tester', role: 'admin' }, requestId: randomUUID() } as const;
  const { position } = await carryOut({ log, clock: system.clock }, plan, by);
  await feed.until('the entry is told to be removed', (events) =>
    events.some(({ event, data }) => event === 'removed' && field(data, 'id') === own),
  );
  feed.close();
  await system.projector.reach(position);
  const statuses = [own, other].map(
    async (id) => (await system.ask({ path: `/api/crm/comms/${id}`, token: agent })).status,
  );
  assert.equal(await Promise.all(statuses), [404, 200]);
  assert.is((await system.ask({ path: '/api/crm/customers/gone', token: agent })).status, 404);
});

test('its id is gone for good', async () => {
  const body = { name: 'Somebody', numbers: [] };
  const put = await system.ask({ method: 'PUT', path: '/api/crm/customers/gone', token: agent, body });
  assert.equal([put.status, field(put.json, 'code')], [410, 'CUSTOMER_ERASED']);
  const path = '/api/crm/customers/import';
  const lines = ['gone', 'here'].map((id) => JSON.stringify({ id, ...body })).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const imported = await system.ask({ method: 'POST', path, token: admin, body: lines, headers });
  assert.equal([imported.status, field(imported.json, 'refused'), field(imported.json, 'changed')], [200, 1, 1]);
  assert.equal(field(imported.json, 'problems.0.errors.0.pointer'), '#/id');
});

test('no call can be assigned to it, and none be logged for it', async () => {
  await tellRecording(system, 'branch', 'inbound-answered');
  const { json } = await system.ask({ path: '/api/crm/comms?unassigned=true', token: agent });
  const path = `/api/crm/comms/${field(json, 'items.0.id')}/customer`;
  const assign = (body: unknown) => system.ask({ method: 'PUT', path, token: agent, body });
  const known = await assign({ customer_id: 'gone' });
  assert.equal([known.status, field(known.json, 'code')], [422, 'VALIDATION_FAILED']);
  const named = await assign({ customer: { id: 'gone', name: 'Somebody' } });
  assert.equal([named.status, field(named.json, 'code')], [410, 'CUSTOMER_ERASED']);
  const body = { customer_id: 'gone', direction: 'inbound', duration_seconds: 1, notes: '' };
  assert.is((await system.ask({ method: 'POST', path: '/api/crm/calls/log', token: agent, body })).status, 422);
});

test.run();
