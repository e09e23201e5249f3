import * as assert from 'uvu/assert';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING } from '../../src/ports/eventStore.ts';
import { projectEvents } from '../../src/projections/following/projectEvents.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { buildVersion } from '../../src/projections/index.ts';
import { type Incoming, incomingOf } from '../../src/projections/tables/batch.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { type Drawn, history, live, toldOf } from './support/drawnHistory.ts';
import { forHistories, newVersion } from './support/histories.ts';
import { catchUp, foldAll, foldsPage, silent, type TestReadModel, toFold } from './support/readModel.ts';

const test = suite('random histories', { deadlineMs: 240_000 });

const RUNS = 8;

let folds = 0;

test('give the same bytes by any rules, projected while they happen, later at once, or by a rebuild in any batches', async () => {
  await forHistories(history, RUNS, (model, drawn, run) => livedEqualsRebuilt(model, 4 * run, drawn));
  assert.ok(folds > 0, 'some calls waited');
});

async function livedEqualsRebuilt(model: TestReadModel, version: number, drawn: Drawn): Promise<void> {
  const lived = await newVersion(model, version, drawn.rules);
  await live(lived, await toldOf(drawn), drawn);
  await assertAgreesWithLog(lived);
  const later = await newVersion(model, version + 1, drawn.rules);
  await catchUp(later);
  const rebuilt = await newVersion(model, version + 2, drawn.rules);
  await rebuild(rebuilt, drawn);
  const waited = await newVersion(model, version + 3, drawn.rules);
  folds += await foldInBetween(waited, drawn);
  const expected = await bytesOf(model.pool, lived.version.schema);
  assert.equal(await bytesOf(model.pool, waited.version.schema), expected);
  assert.equal(await bytesOf(model.pool, later.version.schema), expected);
  assert.equal(await bytesOf(model.pool, rebuilt.version.schema), expected);
}

async function rebuild({ db, pool, log, version }: TestReadModel, { batch, foldedAtOnce }: Drawn): Promise<void> {
  const signal = new AbortController().signal;
  await buildVersion({ version, db, pool, log, logger: silent, clock: systemClock, signal, batch, foldedAtOnce });
}

/** Projects the parts while calls wait, for some pages of them, for the next projector, for what comes. How often some waited. */
async function foldInBetween(model: TestReadModel, { parts, pages, foldedAtOnce }: Drawn): Promise<number> {
  const { pool, log, version } = model;
  const { schema, rules } = version;
  const begun = async () => {
    const projection = new Projection({ pool, log, schema, rules, clock: systemClock, foldedAtOnce });
    await projection.resume();
    return projection;
  };
  let projection = await begun();
  let waited = 0;
  const events: Incoming[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch.map(incomingOf));
  for (let from = 0, part = 0; from < events.length; part += 1) {
    const to = from + (parts[part % parts.length] ?? 1);
    await projectEvents(projection, events.slice(from, to), { version: version.version, logger: silent });
    const { some, most, another } = pages[part % pages.length] ?? { some: 0, most: 1, another: false };
    if (await toFold(model)) waited += 1;
    for (let page = 0; page < some; page += 1) await foldsPage(projection, most);
    if (another) projection = await begun();
    from = to;
  }
  await foldAll(projection);
  while (await projection.rematchSome());
  return waited;
}

test.run();
