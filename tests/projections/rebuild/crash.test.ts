import * as assert from 'uvu/assert';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { CommslogError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { buildVersion } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { assertAgreesWithLog } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { customerRemoved, customerTold, poison } from '../support/events.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { bytesOf } from './bytes.ts';
import { ADMIN, rebuildsOf, versionOf } from './support.ts';

const test = suite('a rebuild that is interrupted', { deadlineMs: 60_000 });

const BATCH = 20;

test('gives the same bytes, ended after any batch and gone on with, as one in a single run', async () => {
  await withReadModel(async (model) => {
    await fill(model);
    const whole = await empty(model);
    const batches = Math.ceil(Number(await model.log.head()) / BATCH);
    assert.ok(batches > 5, `${batches} batches`);
    await build(model, whole);
    const expected = await bytesOf(model.pool, `read_v${whole}`);
    assert.ok(
      expected.some((line) => line.startsWith('crm_comms_log')) && expected.some((line) => line.startsWith('parked')),
    );
    for (let ended = 1; ended <= batches; ended += 1) {
      const version = await empty(model);
      const error: unknown = await build(model, version, endingAfter(model.log, ended * BATCH)).catch(
        (reason: unknown) => reason,
      );
      assert.ok(ended === batches || error instanceof CommslogError, `it is ended after ${ended} batches`);
      await build(model, version);
      assert.equal(await bytesOf(model.pool, `read_v${version}`), expected, `ended after ${ended} batches`);
      await rebuildsOf(model).drop(version);
    }
  });
});

test('gives the bytes of the version that was built while everything happened', async () => {
  await withReadModel(async (model) => {
    await fill(model);
    const version = await empty(model);
    await catchUp(model);
    await build(model, version);
    assert.equal(await bytesOf(model.pool, `read_v${version}`), await bytesOf(model.pool, model.version.schema));
    await assertAgreesWithLog({ ...model, version: await versionOf(model, version) });
  });
});

/** Calls, customers who come and go, and an event that cannot be projected. */
async function fill({ log }: TestReadModel): Promise<void> {
  const told = await sessionOf(
    'pbx',
    0,
    ['inbound-answered', 'inbound-transferred', 'inbound-queue', 'outbound-answered', 'inbound-missed'].map(
      demoRecording,
    ),
  );
  const at = fromRfc3339('2026-11-20T10:00:00Z');
  const stream = told.findLast((one) => one.stream.startsWith('call-'))?.stream;
  if (at === null || stream === undefined) throw new Error('nothing was recorded');
  const others = [
    customerTold('CustomerRegistered', 'a', ['6912345678', '+4930901820'], at),
    customerTold('CustomerRegistered', 'b', ['6912345678'], at),
    customerRemoved('b', at),
    poison(stream),
  ];
  await new Appending(log).append([...told.slice(0, 150), ...others, ...told.slice(150)]);
}

async function empty(model: TestReadModel): Promise<number> {
  // one that is being built already would be gone on with
  const { version } = await rebuildsOf(model).request(null, 'api', ADMIN);
  return version;
}

async function build(model: TestReadModel, version: number, log: EventStore = model.log): Promise<void> {
  const { db, pool } = model;
  const signal = new AbortController().signal;
  const found = await versionOf(model, version);
  await buildVersion({ version: found, db, pool, log, logger: silent, clock: systemClock, signal, batch: BATCH });
}

/** The log, which is away after so many events. */
function endingAfter(log: EventStore, events: number): EventStore {
  return {
    ...log,
    async *readAll(after, filter, signal) {
      let left = events;
      for await (const batch of log.readAll(after, filter, signal)) {
        const part = batch.slice(0, left);
        left -= part.length;
        yield part;
        if (left === 0) throw new CommslogError('LOG_UNAVAILABLE', 'the log is away');
      }
    },
  };
}

test.run();
