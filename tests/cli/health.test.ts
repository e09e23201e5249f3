import * as assert from 'uvu/assert';
import type { EmbeddedState } from '../../src/adapters/postgres/index.ts';
import { health } from '../../src/cli/serving/health.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { UNDISPUTED } from '../../src/ports/writeRight.ts';
import { createPool } from '../../src/postgres.ts';
import { createReadModel, seeRules } from '../../src/projections/index.ts';
import { markObstacle } from '../../src/projections/tables/versions.ts';
import { rebuildsOf } from '../projections/rebuild/support.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { listening } from '../support/listening.ts';
import { suite } from '../support/suite.ts';

const test = suite('what readiness says');

const GERMAN = defaultRules('DE');

test('tells what waits beside the checks, which pass all the same', async () => {
  await withReadModel(async (model) => {
    await catchUp(model);
    await seeRules(model.db, GERMAN);
    const { checks, waiting } = await healthOf(model);
    assert.equal(
      Object.entries(checks).map(([name, { status }]) => `${name} ${status}`),
      ['database pass', 'lock pass', 'log pass', 'projection pass'],
    );
    assert.equal(waiting?.rebuild, { reason: 'rules', derivation: derivationOf(GERMAN) });
  });
});

test('says of an embedded PostgreSQL that has ended why it did, and what becomes of it', async () => {
  await withReadModel(async (model) => {
    const database = async (state: EmbeddedState) => {
      const { checks } = await healthOf(model, { embedded: { state: () => state } });
      return checks.database;
    };
    assert.equal(await database({ state: 'running' }), { status: 'pass', detail: 'answers' });
    assert.equal(await database({ state: 'ended', reason: 'SIGKILL' }), {
      status: 'fail',
      detail: 'the embedded PostgreSQL was ended (SIGKILL) and is being started again',
    });
    const full = await database({ state: 'failing', reason: 'PostgreSQL 53100', policy: 'person' });
    assert.is(full?.status, 'fail');
    assert.match(full?.detail ?? '', '(PostgreSQL 53100): somebody has to act');
  });
});

test('fails when the active version does not go on before a person acts, and says why', async () => {
  await withReadModel(async (model) => {
    await catchUp(model);
    await markObstacle(model.db, model.version, 'the disk is full');
    const { checks, waiting } = await healthOf(model);
    assert.equal(checks.projection, { status: 'fail', detail: 'version 1 does not go on: the disk is full' });
    assert.equal(waiting?.stuck, [{ version: 1, error: 'the disk is full' }]);
  });
});

test('tells nothing of what waits while PostgreSQL does not answer', async () => {
  await withReadModel(async (model) => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const pool = createPool(url);
    const { checks, waiting } = await healthOf({ ...model, pool, url });
    assert.equal([checks.database?.status, checks.log?.status, waiting], ['fail', 'pass', null]);
    await pool.end();
  });
});

test('warns of a PBX whose words are not stored, although it is connected and the log answers', async () => {
  await withReadModel(async (model) => {
    const frame = eventText('Newstate', { Uniqueid: '1.1', Linkedid: '1.1' });
    const so = await listening(model.log, (client) => client.send(frame), {
      fate: (stream) => (stream.startsWith('pbx-') ? 'works' : 'LOG_STORAGE_FAILED'),
    });
    const pbxCheck = async () => {
      const { checks } = await healthOf(model, { pbxStates: () => [so.listener.state()] });
      return checks[`pbx ${so.pbx}`];
    };
    await eventually('it warns', async () => (await pbxCheck())?.status === 'warn');
    assert.match((await pbxCheck())?.detail ?? '', 'cannot store before somebody acts (LOG_STORAGE_FAILED)');
    so.fate = () => 'works';
    await eventually('it passes', async () => (await pbxCheck())?.status === 'pass');
    await so.end();
  });
});

test('warns of facts that the log has refused, and names the command that appends them again', async () => {
  await withReadModel(async (model) => {
    const { checks } = await healthOf(model, { refusedFacts: { state: () => ({ kept: 3, lost: 2 }) } });
    const { status, detail } = checks['refused facts'] ?? {};
    assert.is(status, 'warn');
    for (const said of ['refused 3', '`commslog refused append`', '2 more']) assert.match(detail ?? '', said);
  });
});

async function healthOf(model: TestReadModel, parts: Partial<Parameters<typeof health>[0]> = {}) {
  const { pool, url, log } = model;
  const readModel = createReadModel({ pool, url, logger: silent });
  try {
    return await health({
      pool,
      embedded: null,
      lock: UNDISPUTED,
      log,
      readModel,
      rebuilds: rebuildsOf(model),
      refusedFacts: { state: () => ({ kept: 0, lost: 0 }) },
      pbxStates: () => [],
      ...parts,
    });
  } finally {
    await readModel.close();
  }
}

test.run();
