import * as assert from 'uvu/assert';
import { health } from '../../src/cli/serving/health.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { defaultRules } from '../../src/domain/rules.ts';

import type { RefusedState } from '../../src/ports/refusedFacts.ts';

import { UNDISPUTED } from '../../src/ports/writeRight.ts';

import { createPool } from '../../src/postgres.ts';
import { createReadModel, seeRules } from '../../src/projections/index.ts';
import { markObstacle } from '../../src/projections/tables/versions.ts';
import { rebuildsOf } from '../projections/rebuild/support.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
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

test('warns of facts that the log has refused, and names the command that appends them again', async () => {
  await withReadModel(async (model) => {
    const { checks } = await healthOf(model, { kept: 3, lost: 2 });
    const { status, detail } = checks['refused facts'] ?? {};
    assert.is(status, 'warn');
    for (const said of ['refused 3', '`commslog refused append`', '2 more']) assert.match(detail ?? '', said);
  });
});

async function healthOf(model: TestReadModel, refused: RefusedState = { kept: 0, lost: 0 }) {
  const refusedFacts = { state: () => refused };
  const { pool, url, log } = model;
  const readModel = createReadModel({ pool, url, logger: silent });
  try {
    return await health({
      pool,
      lock: UNDISPUTED,
      log,
      readModel,
      rebuilds: rebuildsOf(model),
      refusedFacts,
      pbxStates: () => [],
    });
  } finally {
    await readModel.close();
  }
}

test.run();
