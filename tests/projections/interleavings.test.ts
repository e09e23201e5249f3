import * as assert from 'uvu/assert';
import { systemClock } from '../../src/ports/clock.ts';
import { buildVersion } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { type Drawn, history, live, toldOf } from './support/drawnHistory.ts';
import { forHistories, newVersion } from './support/histories.ts';
import { catchUp, silent, type TestReadModel } from './support/readModel.ts';

const test = suite('random histories', { deadlineMs: 120_000 });

const RUNS = 8;

test('give the same bytes by any rules, projected while they happen, later at once, or by a rebuild in any batches', async () => {
  await forHistories(history, RUNS, (model, drawn, run) => livedEqualsRebuilt(model, 3 * run, drawn));
});

async function livedEqualsRebuilt(model: TestReadModel, version: number, drawn: Drawn): Promise<void> {
  const lived = await newVersion(model, version, drawn.rules);
  await live(lived, await toldOf(drawn), drawn.parts);
  await assertAgreesWithLog(lived);
  const later = await newVersion(model, version + 1, drawn.rules);
  await catchUp(later);
  const rebuilt = await newVersion(model, version + 2, drawn.rules);
  await rebuild(rebuilt, drawn.batch);
  const expected = await bytesOf(model.pool, lived.version.schema);
  assert.equal(await bytesOf(model.pool, later.version.schema), expected);
  assert.equal(await bytesOf(model.pool, rebuilt.version.schema), expected);
}

async function rebuild({ db, pool, log, version }: TestReadModel, batch: number): Promise<void> {
  const signal = new AbortController().signal;
  await buildVersion({ version, db, pool, log, logger: silent, clock: systemClock, signal, batch });
}

test.run();
