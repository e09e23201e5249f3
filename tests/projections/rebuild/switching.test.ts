import * as assert from 'uvu/assert';
import { derivationOf } from '../../../src/domain/derivation.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { hasCode } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { createReadModel } from '../../../src/projections/index.ts';
import { eventually } from '../../support/eventually.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { poison } from '../support/events.ts';
import { silent, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll } from './support.ts';

const test = suite('switching to another version', { deadlineMs: 60_000 });

const RECORDINGS = ['inbound-answered', 'inbound-transferred', 'outbound-answered', 'inbound-missed'].map(
  demoRecording,
);
const GERMAN = defaultRules('DE');

test('lets a reader that lists in a loop see all rows of one version or of the other, never none and never late', async () => {
  await withCalls(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    const { version } = await rebuilt(rebuilds, GERMAN);
    const readModel = createReadModel({ pool: model.pool, url: model.url, logger: silent });
    // a report that holds a snapshot of the old version, and locks on its tables, for the whole time
    const report = await model.pool.connect();
    await report.query('begin isolation level repeatable read');
    const before = await report.query(`select count(*) as n from ${model.version.schema}.crm_comms_log`);

    const seen: { derivations: string[]; rows: number }[] = [];
    const reading = new AbortController();
    const reader = (async () => {
      while (!reading.signal.aborted) {
        const { items } = await readModel.list({}, null, 100);
        seen.push({ derivations: [...new Set(items.map(({ derivation }) => derivation))], rows: items.length });
      }
    })();
    await rebuilds.activate(version, { force: false }, ADMIN);
    const switchedAt = seen.length;
    await eventually('the reader has listed on', () => seen.length > switchedAt + 3);
    await rebuilds.rollback(version, ADMIN);
    await eventually('it sees the old version again', () => seen.at(-1)?.derivations[0] === model.version.derivation);
    reading.abort();
    await reader;

    assert.equal([...new Set(seen.map(({ rows }) => rows))], [RECORDINGS.length]);
    assert.ok(seen.every(({ derivations }) => derivations.length === 1));
    assert.ok(seen.some(({ derivations }) => derivations[0] === derivationOf(GERMAN)));
    const after = await report.query(`select count(*) as n from ${model.version.schema}.crm_comms_log`);
    assert.equal(after.rows, before.rows);
    await report.query('commit');
    report.release();
    await readModel.close();
    await running.stop();
  });
});

test('tells the log who did it, and going back too', async () => {
  await withCalls(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await rebuilt(rebuilds, GERMAN);
    await rebuilds.activate(2, { force: false }, ADMIN);
    await rebuilds.activate(2, { force: false }, ADMIN);
    await rebuilds.rollback(2, ADMIN);
    const said = await eventsIn(model.log, streamOf.readModel);
    assert.equal(
      said.map(({ data }) => data.version),
      [1, 2, 1],
    );
    assert.equal(said[1]?.data, { version: 2, derivation: derivationOf(GERMAN) });
    assert.equal(said[1]?.metadata.actor, ADMIN.actor);
    const [, accepted] = await eventsIn(model.log, streamOf.rules);
    assert.equal(accepted?.data, { rules: GERMAN, source: 'api' });
    assert.equal(accepted?.metadata.actor, ADMIN.actor);
    await running.stop();
  });
});

test('is refused while events are parked; forced, the log is told so', async () => {
  await withCalls(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    await new Appending(model.log).append([poison('call-pbx-1795009999.1')]);
    const { parked } = await rebuilt(rebuilds);
    assert.is(parked, 1);
    await refused(rebuilds.activate(2, { force: false }, ADMIN), 'REBUILD_HAS_PARKED');
    assert.is((await rebuilds.rulesInForce()).active.version, 1);
    await rebuilds.activate(2, { force: true }, ADMIN);
    const said = await eventsIn(model.log, streamOf.readModel);
    assert.is(said.at(-1)?.data.forced, true);
    await running.stop();
  });
});

test('is refused while the version has not come to the end of the log', async () => {
  await withCalls(async (model) => {
    const rebuilds = rebuildsOf(model);
    const running = runAll(model);
    await rebuilt(rebuilds);
    await running.stop();
    await new Appending(model.log).append(await sessionOf('other', 0, RECORDINGS.slice(0, 1)));
    await refused(rebuilds.activate(2, { force: true }, ADMIN), 'REBUILD_BEHIND');
    assert.is((await rebuilds.rulesInForce()).active.version, 1);
    const again = runAll(model);
    assert.is((await rebuilds.activate(2, { force: false }, ADMIN)).state, 'active');
    await again.stop();
  });
});

test('is refused of a version that is being built, was dropped, or never was', async () => {
  await withCalls(async (model) => {
    const rebuilds = rebuildsOf(model);
    await rebuilds.request(null, 'api', ADMIN);
    await refused(rebuilds.activate(2, { force: true }, ADMIN), 'CONFLICT');
    await rebuilds.drop(2);
    await refused(rebuilds.activate(2, { force: true }, ADMIN), 'CONFLICT');
    await refused(rebuilds.activate(7, { force: true }, ADMIN), 'NOT_FOUND');
    await refused(rebuilds.rollback(1, ADMIN), 'CONFLICT');
    await refused(rebuilds.rollback(2, ADMIN), 'CONFLICT');
    await refused(rebuilds.drop(1), 'CONFLICT');
  });
});

test('takes the calls along that come while it is built and after it, and the one before takes them too', async () => {
  await withCalls(async (model) => {
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    const { version } = await rebuilds.request(GERMAN, 'api', ADMIN);
    const appending = new Appending(model.log);
    await appending.append(await sessionOf('second', 0, RECORDINGS));
    await eventually('it is built', async () => (await rebuilds.get(version)).state === 'ready');
    await rebuilds.activate(version, { force: false }, ADMIN);
    await appending.append(await sessionOf('third', 0, RECORDINGS));
    await eventually('both versions have every call', async () => {
      const rows = (await rebuilds.list()).map((one) => one.rows);
      return rows.every((count) => count === 3 * RECORDINGS.length);
    });
    assert.equal((await rebuilds.diff(1)).added, 0);
    await running.stop();
  });
});

async function withCalls(work: (model: TestReadModel) => Promise<void>): Promise<void> {
  await withReadModel(async (model) => {
    await new Appending(model.log).append(await sessionOf('pbx', 0, RECORDINGS));
    await work(model);
  });
}

async function refused(
  work: Promise<unknown>,
  code: 'REBUILD_HAS_PARKED' | 'REBUILD_BEHIND' | 'CONFLICT' | 'NOT_FOUND',
) {
  const error: unknown = await work.catch((reason: unknown) => reason);
  assert.ok(hasCode(error, code), String(error));
}

async function eventsIn(log: EventStore, stream: string) {
  const events = [];
  for await (const batch of log.readStream(stream)) events.push(...batch);
  return events;
}

test.run();
