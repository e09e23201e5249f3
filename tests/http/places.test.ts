import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('lists narrowed by queue, DID, trunk and length');
const system = await startSystem();
const token = await system.token('auditor');
test.after(system.close);

test.before(async () => {
  await tellRecording(system, 'main', 'inbound-queue');
  await tellRecording(system, 'branch', 'inbound-hold');
});

const get = (path: string) => system.ask({ path, token });

async function pbxsOf(query: string): Promise<readonly unknown[]> {
  return (await shown(query)).map((item) => field(item, 'pbx')).sort();
}

async function shown(query: string): Promise<readonly unknown[]> {
  return listIn((await get(`/api/crm/comms?${query}`)).json, 'items');
}

function listIn(json: unknown, path: string): readonly unknown[] {
  const list = field(json, path);
  assert.ok(Array.isArray(list), path);
  return list;
}

test('show the entries that name just that', async () => {
  const [queued] = await shown('queue=400');
  assert.equal([field(queued, 'pbx'), field(queued, 'queues'), field(queued, 'cut')], ['main', ['400'], []]);
  const [did, trunk] = [String(field(queued, 'did')), String(field(queued, 'trunk'))];
  assert.equal(await pbxsOf(`did=${did}`), ['main']);
  assert.equal(await pbxsOf(`did=${did.slice(1)}`), [], 'exact, no part of it');
  assert.equal(await pbxsOf(`trunk=${trunk}`), ['branch', 'main']);
  assert.equal(await pbxsOf('queue=40'), []);
  assert.equal(await pbxsOf('queue=400&extension=103'), ['main']);
  assert.equal(await pbxsOf('queue=400&extension=101'), []);
});

test('by length from and to, both inclusive, whole seconds', async () => {
  const all = await shown('');
  const lengths = all.map((item) => Number(field(item, 'duration_seconds'))).sort((a, b) => a - b);
  const [short = 0, long = 0] = lengths;
  assert.ok(short < long);
  assert.is((await pbxsOf(`duration_from=${short}&duration_to=${long}`)).length, 2);
  assert.is((await pbxsOf(`duration_from=${short + 1}`)).length, 1);
  assert.is((await pbxsOf(`duration_to=${long - 1}`)).length, 1);
  for (const wrong of [
    'duration_from=-1',
    'duration_from=1.5',
    'duration_to=86401',
    'duration_to=',
    'queue=',
    'did=a&did=b',
  ])
    assert.is((await get(`/api/crm/comms?${wrong}`)).status, 422, wrong);
});

test('refuse a range the wrong way round, and say which', async () => {
  for (const path of ['/api/crm/comms', '/api/crm/comms/counts', '/api/crm/export']) {
    for (const [query, pointer] of [
      ['duration_from=60&duration_to=59', '#/duration_to'],
      ['from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00%2B02:00', '#/to'],
    ]) {
      const { status, json } = await get(`${path}?${query}`);
      assert.is(status, 422, path);
      assert.equal(
        listIn(json, 'errors').map((error) => field(error, 'pointer')),
        [pointer],
      );
    }
  }
  assert.is((await get('/api/crm/comms?duration_from=60&duration_to=60')).status, 200);
});

test('are counted and exported by the same', async () => {
  assert.is(field((await get('/api/crm/comms/counts?queue=400')).json, 'total'), 1);
  assert.is(field((await get('/api/crm/comms/counts?queue=401')).json, 'total'), 0);
  const { text } = await get('/api/crm/export?queue=400');
  const [head = '', line = '', ...more] = text.split('\r\n');
  assert.equal([line.split(',')[head.split(',').indexOf('queues')], more], ['400', ['']]);
});

test('of an export it is recorded that it was narrowed by a name, and not by which', async () => {
  await get('/api/crm/export?queue=secret-queue&did=2101234567&trunk=x&duration_from=7');
  const { json } = await get('/api/admin/audit?limit=1');
  assert.not.match(JSON.stringify(json), /secret-queue/);
  assert.equal(field(json, 'items.0.data.filters'), { queue: true, did: true, trunk: true, duration_from: 7 });
});

test('can be picked from the names that entries have', async () => {
  const { status, json } = await get('/api/crm/places');
  assert.is(status, 200);
  assert.equal([field(json, 'queues'), field(json, 'cut')], [['400'], []]);
  assert.equal(field(json, 'extensions'), ['101', '103']);
  assert.is(listIn(json, 'dids').length, 2);
  assert.is(listIn(json, 'trunks').length, 1);
});

test.run();
