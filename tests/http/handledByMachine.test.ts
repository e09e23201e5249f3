import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCalls } from './support/facts.ts';
import { tellMachineCall } from './support/machineCall.ts';
import { startSystem } from './support/system.ts';

const test = suite('calls that a machine handled');
const system = await startSystem();
const token = await system.token('auditor');
test.after(system.close);

let byHand: string[] = [];

test.before(async () => {
  byHand = await tellCalls(system, [{ duration_seconds: 0 }, { duration_seconds: 60 }]);
  await tellMachineCall(system, 'main');
});

const get = (path: string) => system.ask({ path, token });

test('are told apart by a filter of the list, and say so', async () => {
  const [machine] = await list('handled_by_machine=true');
  assert.equal([field(machine, 'pbx'), field(machine, 'outcome')], ['main', 'abandoned']);
  assert.is(field(machine, 'handled_by_machine'), true);
  const others = await list('handled_by_machine=false');
  assert.equal(others.map((item) => field(item, 'id')).sort(), [...byHand].sort());
  assert.is((await list('')).length, 3);
  assert.is((await get('/api/crm/comms?handled_by_machine=maybe')).status, 422);
});

test('are counted by the same filter', async () => {
  for (const [query, total] of [
    ['handled_by_machine=true', 1],
    ['handled_by_machine=false', 2],
    ['handled_by_machine=true&outcome=missed', 0],
  ] as const) {
    assert.is(field((await get(`/api/crm/comms/counts?${query}`)).json, 'total'), total, query);
  }
});

test('are exported by it, with a column that says so', async () => {
  const { text } = await get('/api/crm/export?handled_by_machine=true');
  const [head = '', line = '', ...more] = text.split('\r\n');
  const column = head.split(',').indexOf('handled_by_machine');
  assert.equal([line.split(',')[column], more], ['true', ['']]);
});

test('are figures of the summary', async () => {
  const { json } = await get('/api/crm/reports/summary?from=2026-10-01T00:00:00Z&to=2027-02-01T00:00:00Z&tz=UTC');
  const rows = field(json, 'rows');
  assert.ok(Array.isArray(rows));
  assert.equal(
    rows.map((row) => [field(row, 'direction'), field(row, 'calls'), field(row, 'handled_by_machine')]),
    [
      ['inbound', 1, 1],
      ['outbound', 2, 0],
    ],
  );
});

test.run();

async function list(query: string): Promise<readonly unknown[]> {
  const items = field((await get(`/api/crm/comms?${query}`)).json, 'items');
  assert.ok(Array.isArray(items));
  return items;
}
