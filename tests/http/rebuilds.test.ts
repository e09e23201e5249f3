import * as assert from 'uvu/assert';
import { defaultRules } from '../../src/domain/rules.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { runVersions, UPKEEP } from '../../src/projections/index.ts';
import { controlDb } from '../../src/projections/tables/controlDb.ts';
import { testLeases } from '../projections/support/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { listen } from './support/events.ts';
import { tellCustomer, tellRecording } from './support/facts.ts';
import { type System, startSystem } from './support/system.ts';

const test = suite('rebuilds over HTTP');

const GERMAN = defaultRules('DE');

test('are asked for, compared, activated, rolled back and dropped; the live feed begins anew at each switch', async () => {
  await withVersions(async (system) => {
    const token = await system.token('admin');
    const ask = (method: string, path: string, body?: unknown) =>
      system.ask({ method, path: `/api/admin/rebuilds${path}`, token, body });
    const feed = await listen(system.port, { path: '/api/crm/comms/live', token });
    await feed.until('the feed is open', (events) => events.some(({ event }) => event === 'current'));

    const asked = await ask('POST', '', { rules: GERMAN });
    assert.equal([asked.status, asked.headers.location], [202, '/api/admin/rebuilds/2']);
    await eventually('it is built', async () => field((await ask('GET', '/2')).json, 'state') === 'ready');

    const diff = await ask('GET', '/2/diff?limit=1');
    assert.equal([diff.status, field(diff.json, 'against'), field(diff.json, 'complete')], [200, 1, true]);
    assert.is(field(diff.json, 'summary.changed'), 2);
    assert.equal([field(diff.json, 'counted.whole'), field(diff.json, 'counted.share')], [true, 1]);
    const cursor = String(field(diff.json, 'page.next_cursor'));
    await system.pool.query("update commslog.diff_count set seen = 'earlier', told_at = '2026-01-02T03:04:05Z'");
    const next = await ask('GET', `/2/diff?limit=1&cursor=${cursor}`);
    assert.equal([field(next.json, 'items.0.kind'), field(next.json, 'page.has_more')], ['changed', false]);
    assert.is(field(next.json, 'counted.to'), '2026-01-02T03:04:05.000000Z', 'only a first page counts');
    const anew = await ask('GET', '/2/diff?format=counts');
    assert.equal([field(anew.json, 'summary.changed'), field(anew.json, 'items')], [2, []]);
    assert.ok(String(field(anew.json, 'counted.to')) > String(field(diff.json, 'counted.to')));
    assert.is((await ask('GET', `/2/diff?limit=1&field=outcome&cursor=${cursor}`)).status, 400);
    assert.equal(field((await ask('GET', '/2/diff?kind=added')).json, 'items'), []);
    const misspelt = await ask('GET', '/2/diff?field=customer');
    assert.equal([misspelt.status, field(misspelt.json, 'errors.0.pointer')], [422, '#/field']);
    const table = await ask('GET', '/2/diff?format=csv&field=external_number');
    assert.match(String(table.headers['content-type']), 'text/csv');
    assert.match(table.text, /changed,.*,external_number,.*\+30.*,.*\+49/);

    const activated = await ask('POST', '/2/activate', {});
    assert.equal([activated.status, field(activated.json, 'state')], [200, 'active']);
    assert.is(field(activated.json, 'rollback_until'), null);
    const until = Date.parse(String(field((await ask('GET', '/1')).json, 'rollback_until')));
    assert.ok(until > Date.now() + 6 * 86_400_000 && until <= Date.now() + 7 * 86_400_000);
    await feed.until('it is told', (events) =>
      events.some(({ event, id }) => event === 'reset' && id?.startsWith('2:')),
    );
    const list = (query: string) => system.ask({ path: `/api/crm/comms?limit=1${query}`, token });
    const begunInTwo = String(field((await list('')).json, 'page.next_cursor'));
    const back = await ask('POST', '/2/rollback');
    assert.equal([back.status, field(back.json, 'version'), field(back.json, 'state')], [200, 1, 'active']);
    await feed.until('and again', (events) =>
      events.some(({ event, id }) => event === 'reset' && id?.startsWith('1:')),
    );
    assert.is((await ask('POST', '/2/rollback')).status, 409);

    const goneOn = await list(`&cursor=${begunInTwo}`);
    assert.match(String(field(goneOn.json, 'items.0.external_number')), '+49');
    assert.is((await ask('DELETE', '/2')).status, 204);
    const gone = await list(`&cursor=${begunInTwo}`);
    assert.equal([gone.status, field(gone.json, 'code')], [410, 'VERSION_GONE']);
    assert.is((await ask('DELETE', '/1')).status, 409);
    assert.is((await ask('GET', '/2/diff')).status, 409);
    const states = Object.values(Object(field((await ask('GET', '')).json, 'items'))).map((one) => field(one, 'state'));
    assert.equal(states, ['dropped', 'active']);
    feed.close();
  });
});

test('refuse by code what cannot be, and name what is wrong in the rules', async () => {
  await withVersions(async (system) => {
    const token = await system.token('admin');
    const ask = (method: string, path: string, body?: unknown) =>
      system.ask({ method, path: `/api/admin/rebuilds${path}`, token, body });
    assert.is((await ask('GET', '/9')).status, 404);
    assert.is((await ask('POST', '/9/activate', {})).status, 404);
    assert.is((await ask('GET', '/x')).status, 422);
    const wrong = await ask('POST', '', { rules: { log_internal: 'yes', pbx: { branch: { trunk_names: [7] } } } });
    assert.is(wrong.status, 422);
    assert.equal(field(wrong.json, 'errors.0.pointer'), '#/rules/log_internal');
    assert.equal(field(wrong.json, 'errors.1.pointer'), '#/rules/pbx/branch/trunk_names/0');
    await system.pool.query(
      `insert into read_v1.parked values (1, 'call-pbx-1', 0, gen_random_uuid(), 'X', 'why', now())`,
    );
    await ask('POST', '', {});
    await eventually('it is built', async () => field((await ask('GET', '/2')).json, 'state') === 'ready');
    await system.pool.query(
      `insert into read_v2.parked values (1, 'call-pbx-1', 0, gen_random_uuid(), 'X', 'why', now())`,
    );
    const refused = await ask('POST', '/2/activate', {});
    assert.equal([refused.status, field(refused.json, 'code')], [409, 'REBUILD_HAS_PARKED']);
    assert.is((await ask('POST', '/2/activate', { force: true })).status, 200);
  });
});

test('the rules in force are told, and what waits', async () => {
  await withVersions(async (system) => {
    const token = await system.token('auditor');
    const { status, json } = await system.ask({ path: '/api/admin/rules', token });
    assert.equal([status, field(json, 'active.version'), field(json, 'active.mixed')], [200, 1, false]);
    assert.equal([field(json, 'active.rules.country'), field(json, 'waiting')], ['GR', null]);
    await controlDb(system.pool)
      .withSchema('commslog')
      .updateTable('read_model')
      .set({ waiting_rules: JSON.stringify(GERMAN) })
      .execute();
    const waiting = field((await system.ask({ path: '/api/admin/rules', token })).json, 'waiting');
    assert.equal([field(waiting, 'reason'), field(waiting, 'rules.country')], ['rules', 'DE']);
  });
});

/** A system with two calls, whose versions are built and followed. */
async function withVersions(work: (system: System) => Promise<void>): Promise<void> {
  const system = await startSystem();
  const stop = new AbortController();
  const { pool, log, options } = system;
  await tellCustomer(system, 'c-1', 'Anna', ['6912345678']);
  await tellRecording(system, 'one', 'inbound-answered');
  await tellRecording(system, 'two', 'inbound-answered');
  await system.projector.stop();
  const leases = testLeases(system.url);
  const running = runVersions({
    db: controlDb(pool),
    pool,
    leases,
    upkeep: leases.want(UPKEEP),
    log,
    logger: options.logger,
    clock: systemClock,
    signal: stop.signal,
  });
  try {
    await work(system);
  } finally {
    stop.abort();
    await running;
    await leases.close();
    await system.close();
  }
}

test.run();
