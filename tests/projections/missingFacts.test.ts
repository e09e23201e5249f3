import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type JsonObject, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { createReadModel } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { rebuildsOf } from './rebuild/support.ts';
import { Appending } from './support/appending.ts';
import { systemEvent, type Told } from './support/events.ts';
import { newVersion } from './support/histories.ts';
import { misreading } from './support/misreading.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a fact that was heard and is not in the log', { deadlineMs: 60_000 });
const AT = 1_795_000_000_000_000 as Micros;
const HOUR = 3_600_000_000;
const PBX = streamOf.pbx('pbx');

test('is told of when others are there that were heard a minute later, and no more when it comes', () =>
  withReadModel(async (model) => {
    const { connected, facts } = await said();
    const [lost, soon, later] = [facts.slice(4, 6), facts.slice(6, 10), facts.slice(10)];
    const appending = new Appending(model.log);
    await appending.append([connected, ...facts.slice(0, 4), ...soon]);
    assert.is(await missingIn(model), 0, 'it may still be on its way');
    await appending.append(later);
    assert.is(await missingIn(model), 2);
    assert.equal(await inOneGo(model), await bytesOf(model.pool, model.version.schema));
    await appending.append(lost.slice(1));
    assert.is(await missingIn(model), 1);
    await appending.append(lost.slice(0, 1));
    assert.is(await missingIn(model), 0);
  }));

test('is told of as soon as the end of its session is there, but of one that was taken over when its journal was found', () =>
  withReadModel(async (model) => {
    const { connected, facts } = await said();
    const appending = new Appending(model.log);
    await appending.append([connected, ...facts.slice(0, 4), ...facts.slice(5, 8), ended('TAKEN_OVER')]);
    assert.is(await missingIn(model), 0, 'its journal may hold it');
    const heard = { session: 2, heard_session: 0, until: toRfc3339(AT), facts: 0, set_aside: 0, at: toRfc3339(AT) };
    await appending.append([ofPbx('GapHeard', heard)]);
    assert.is(await missingIn(model), 1);
  }));

test('is not one that no call is named in, that is read late, or that cannot be projected', () =>
  withReadModel(async (model) => {
    const { connected, facts } = await said();
    assert.ok(facts.some(({ stream }) => stream === streamOf.session('pbx', 0)));
    const backwards = [...facts.slice(0, 5)].reverse();
    const told = [...backwards, ...facts.slice(5)].map((one, at): Told => (at === 7 ? spoiled(one) : one));
    await new Appending(model.log).append([connected, ...told, ended('STOPPED')]);
    const unreadable = told[9]?.event.id ?? '';
    assert.is(
      await missingIn({ ...model, log: misreading(model.log, new Set([unreadable])) }),
      1,
      'nobody can say which',
    );
    assert.is((await model.pool.query('select from read_v1.parked')).rows.length, 2);
    assert.is((await rebuildsOf(model).retryParked({ version: null, positions: null, after: null })).folded, 1);
    assert.is(await missingIn(model), 0);
  }));

test('is none of those that a server has heard before its session: they are in those of others', () =>
  withReadModel(async (model) => {
    const { connected, facts } = await said();
    await new Appending(model.log).append([connected, ...facts.slice(20), ended('STOPPED')]);
    assert.is(await missingIn(model), 0);
  }));

test('is not told of any more when something of its PBX is erased: nobody can tell it from that', () =>
  withReadModel(async (model) => {
    const { connected, facts } = await said();
    const appending = new Appending(model.log);
    await appending.append([connected, ...facts.slice(0, 4), ...facts.slice(5)]);
    assert.is(await missingIn(model), 1);
    const streams = [facts[4]?.stream ?? ''];
    const order = { erasure: randomUUID(), subject: 'call', streams, calls: [], facts: [] };
    await appending.append([{ stream: streamOf.erasures, event: systemEvent('ErasureOrdered', order, AT) }]);
    assert.is(await missingIn(model), 0);
    await appending.append([ended('STOPPED')]);
    assert.is(await missingIn(model), 0);
  }));

test.run();

/** Two calls, ten minutes one after the other, in one connection. */
async function said(): Promise<{ readonly connected: Told; readonly facts: readonly Told[] }> {
  const calls = ['inbound-answered', 'outbound-answered'].map(demoRecording);
  const [connected, ...told] = await sessionOf('pbx', 0, calls, AT);
  if (connected === undefined) throw new Error('nothing was said');
  return { connected, facts: told.filter(({ stream }) => stream !== PBX) };
}

function ofPbx(type: string, data: JsonObject): Told {
  return { stream: PBX, event: systemEvent(type, data, AT) };
}

function ended(reason: string): Told {
  const at = toRfc3339((AT + HOUR) as Micros);
  return ofPbx('PbxDisconnected', { session: 0, at, last_heard_at: at, reason, pbx_went_down: false });
}

/** Known which it is, but not what it says. */
function spoiled({ stream, event }: Told): Told {
  return { stream, event: { ...event, data: { fields: 'none' } } };
}

/** What is told of it when all is projected. */
async function missingIn(model: TestReadModel): Promise<number> {
  await catchUp(model);
  const readModel = createReadModel({ pool: model.pool, url: model.url, logger: silent });
  const figures = await readModel.gapFigures(toRfc3339((AT - HOUR) as Micros), toRfc3339((AT + HOUR) as Micros));
  await readModel.close();
  return figures[0]?.missingFacts ?? 0;
}

async function inOneGo(model: TestReadModel): Promise<readonly string[]> {
  const another = await newVersion(model, 2);
  await catchUp(another);
  return bytesOf(model.pool, another.version.schema);
}
