import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createHistory, createReadModel } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { Appending } from './support/appending.ts';
import { systemEvent, type Told } from './support/events.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('an entry as it was', { deadlineMs: 60_000 });

const SESSIONS = 1_500;
const BATCH = 500;

test('is folded from the connections of its time, not from all that came later', async () => {
  await withCall(async (model, id, told) => {
    const time = later(systemClock.now(), 1);
    await new Appending(model.log).append([...told, ...sessionsFrom(1, later(time, 10))]);
    await catchUp(model);
    const counted = counting(model.log);
    assert.is(await kindOf({ ...model, log: counted }, id, time), 'found');
    assert.ok(counted.read() <= BATCH, `${counted.read()} connection events`);
  });
});

test('needs no more of them once a later session has listed the open channels', async () => {
  await withCall(async (model, id, told) => {
    const now = systemClock.now();
    const listed = { session: told.length, at: toRfc3339(now), channels: [] };
    await new Appending(model.log).append([
      ...told,
      ...sessionsFrom(told.length, now).slice(0, 1),
      { stream: streamOf.pbx('pbx'), event: systemEvent('ChannelsListed', listed, now) },
      ...sessionsFrom(told.length + 2, now),
    ]);
    await catchUp(model);
    const counted = counting(model.log);
    assert.is(await kindOf({ ...model, log: counted }, id, later(now, 60)), 'found');
    assert.ok(counted.read() <= BATCH, `${counted.read()} connection events`);
  });
});

/** A call in the log and in the tables; `told` is what its PBX's stream has of it, to be appended again with what follows. */
async function withCall(
  work: (model: TestReadModel, id: string, told: readonly Told[]) => Promise<void>,
): Promise<void> {
  await withReadModel(async (model) => {
    const session = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const isOfPbx = ({ stream }: Told) => stream === streamOf.pbx('pbx');
    await new Appending(model.log).append([...session.filter(isOfPbx), ...session.filter((told) => !isOfPbx(told))]);
    await catchUp(model);
    const readModel = createReadModel({ pool: model.pool, url: model.url, logger: silent });
    const [entry] = (await readModel.list({}, null, 1)).items;
    await readModel.close();
    await work(model, entry?.id ?? '', session.filter(isOfPbx));
  });
}

/** Connections that were ended at once, one after the other. */
function sessionsFrom(first: number, at: Micros): Told[] {
  const time = toRfc3339(at);
  const disconnected = { at: time, last_heard_at: time, reason: 'AMI_CONNECTION_LOST', pbx_went_down: false };
  return Array.from({ length: SESSIONS }, (_, n) => first + 2 * n).flatMap((session) =>
    [
      systemEvent('PbxConnected', { at: time, ami_version: '9.0.0', clock_offset_ms: null }, at),
      systemEvent('PbxDisconnected', { ...disconnected, session }, at),
    ].map((event) => ({ stream: streamOf.pbx('pbx'), event })),
  );
}

async function kindOf({ pool, url, log }: TestReadModel, id: string, time: Micros): Promise<string | undefined> {
  const history = createHistory({ pool, url, log, clock: systemClock, logger: silent });
  return (await history.asOf(id, time))?.kind;
}

/** The log, and how many events of PBXs' own streams were read from it. */
function counting(log: EventStore): EventStore & { read(): number } {
  let read = 0;
  return {
    ...log,
    read: () => read,
    async *readStream(stream, options) {
      for await (const batch of log.readStream(stream, options)) {
        if (stream === streamOf.pbx('pbx')) read += batch.length;
        yield batch;
      }
    },
  };
}

function later(time: Micros, seconds: number): Micros {
  return (time + seconds * 1_000_000) as Micros;
}

test.run();
