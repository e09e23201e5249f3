import * as assert from 'uvu/assert';
import { erasureOrderedSchema, type JsonObject, streamOf } from '../../src/domain/events.ts';
import type { Micros } from '../../src/domain/time.ts';
import { createReadModel } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { rebuildsOf, rebuilt, runAll, versionOf } from './rebuild/support.ts';
import { Appending } from './support/appending.ts';
import { personsEvent, systemEvent, type Told } from './support/events.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from './support/readModel.ts';

const test = suite('the directory in a version', { deadlineMs: 60_000 });

const AT = 1_795_000_000_000_000 as Micros;
const told = (stream: string, type: string, data: JsonObject): Told => ({
  stream,
  event: personsEvent(type, data, AT),
});
const person = (id: string, name: string, type = 'PersonRegistered') =>
  told(streamOf.person(id), type, { name, teams: [], lines: [{ extension: id }] });

async function directoryOf({ pool, version }: Pick<TestReadModel, 'pool' | 'version'>) {
  const { rows } = await pool.query(
    `select stream, revision::int as revision, type, data ->> 'name' as name from ${version.schema}.directory order by stream`,
  );
  return rows;
}

test('is what each stream said last, and the same in a version that is built anew', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([
      person('101', 'Anna'),
      person('102', 'Bert'),
      told(streamOf.team('sales'), 'TeamRegistered', { name: 'Sales', queues: [], dids: [] }),
      person('101', 'Anna Maria', 'PersonChanged'),
      told(streamOf.person('102'), 'PersonRemoved', {}),
    ]);
    await catchUp(model);
    const expected = [
      { stream: 'person-101', revision: 1, type: 'PersonChanged', name: 'Anna Maria' },
      { stream: 'person-102', revision: 1, type: 'PersonRemoved', name: null },
      { stream: 'team-sales', revision: 0, type: 'TeamRegistered', name: 'Sales' },
    ];
    const live = await directoryOf(model);
    assert.equal(
      live.filter(({ stream }) => !stream.startsWith('system-')),
      expected,
    );
    const running = runAll(model);
    const { version } = await rebuilt(rebuildsOf(model));
    assert.equal(await directoryOf({ ...model, version: await versionOf(model, version) }), live);
    await running.stop();
  });
});

test('is brought up to what a program that knows none has passed over', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([person('101', 'Anna')]);
    await catchUp(model);
    const { rows } = await model.pool.query('select position from read_v1.checkpoint');
    const last = await appending.append([person('101', 'Anna Maria', 'PersonChanged'), person('102', 'Bert')]);
    // an earlier program moves the position alone
    await model.pool.query('update read_v1.checkpoint set position = $1, directory_at = $2', [last, rows[0].position]);
    await appending.append([person('103', 'Carla')]);
    await catchUp(model);
    assert.equal(
      (await directoryOf(model)).filter(({ stream }) => stream.startsWith('person-')).map(({ name }) => name),
      ['Anna Maria', 'Bert', 'Carla'],
    );
  });
});

test('parks an event that is not as it must be, and goes on with what stood before', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([
      person('101', 'Anna'),
      told(streamOf.person('101'), 'PersonChanged', { name: 7 }),
      person('102', 'Bert'),
    ]);
    await catchUp(model);
    const readModel = createReadModel({ pool: model.pool, url: model.url, logger: silent });
    const { people } = await readModel.directory();
    assert.equal(
      people.map(({ name }) => name),
      ['Anna', 'Bert'],
    );
    const { rows } = await model.pool.query('select stream, error from read_v1.parked');
    assert.equal(
      rows.map(({ stream }) => stream),
      ['person-101'],
    );
    assert.not.match(rows[0].error, /7/);
    await readModel.close();
  });
});

test('forgets who is erased', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append([person('101', 'Anna'), person('102', 'Bert')]);
    await catchUp(model);
    const order = erasureOrderedSchema.parse({
      erasure: '5d2f8a34-8a0e-4b55-a6f9-000000000001',
      subject: 'customer',
      streams: ['person-101'],
      calls: [],
      facts: [],
    });
    await appending.append([{ stream: streamOf.erasures, event: systemEvent('ErasureOrdered', order, AT) }]);
    await catchUp(model);
    const streams = (await directoryOf(model)).map(({ stream }) => stream);
    assert.equal(
      streams.filter((stream) => stream.startsWith('person-')),
      ['person-102'],
    );
  });
});

test.run();
