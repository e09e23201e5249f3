import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { poison, systemEvent, type Told } from './support/events.ts';
import { catchUp, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('an event that cannot be projected');

const AT = 1_795_000_000_000_000 as Micros;

for (const where of ['first', 'middle', 'last'] as const) {
  test(`is parked alone when it is the ${where} of a batch, and its call says so`, async () => {
    await withReadModel(async (model) => {
      const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered'), demoRecording('outbound-busy')]);
      const [spoiled] = told.filter(({ stream }) => stream.startsWith('call-')).map(({ stream }) => stream);
      await catchUp(model);
      const at = { first: 0, middle: Math.floor(told.length / 2), last: told.length }[where];
      const bad = poison(spoiled ?? '');
      await new Appending(model.log).append(told.toSpliced(at, 0, bad));
      await catchUp(model);

      const { parked, entries } = await storedTables(model.pool, model.version.schema);
      assert.equal([...parked.values()], [bad.stream]);
      const said = entries.filter(({ incomplete }) => JSON.stringify(incomplete).includes('event_parked'));
      assert.is(entries.length, 2);
      assert.is(said.length, 1);
      await assertAgreesWithLog(model);
    });
  });
}

test('is parked as often as there are some, and everything else is projected', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-transferred')]);
    const spoiled = told.flatMap((one, at) => (at % 7 === 3 ? [poison(one.stream), one] : [one]));
    await project(model, spoiled);
    const { parked } = await storedTables(model.pool, model.version.schema);
    assert.is(parked.size, spoiled.length - told.length);
    await assertAgreesWithLog(model);
  });
});

test('may be about a customer, a connection or a call logged by hand', async () => {
  await withReadModel(async (model) => {
    const wrong = [
      [streamOf.customer('c1'), 'CustomerRegistered'],
      [streamOf.pbx('pbx'), 'PbxConnected'],
      [streamOf.manual('0b9d6a1e-54e4-4c57-9f0a-000000000001'), 'CallLogged'],
      [streamOf.annotation('0b9d6a1e-54e4-4c57-9f0a-000000000002'), 'CallAssigned'],
    ];
    await project(
      model,
      wrong.map(([stream = '', type = '']) => ({ stream, event: systemEvent(type, { nothing: 'right' }, AT) })),
    );
    const { parked } = await storedTables(model.pool, model.version.schema);
    assert.equal(
      [...parked.values()],
      wrong.map(([stream]) => stream),
    );
    await assertAgreesWithLog(model);
  });
});

test('leaves a call that another session has ended ended, also when it is the first that a projector sees', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const unended = told.filter(({ event }) => !['CallHungUp', 'CallDetailRecorded'].includes(event.type));
    const pbx = (type: string, data: Told['event']['data']): Told => {
      return { stream: streamOf.pbx('pbx'), event: systemEvent(type, data, AT) };
    };
    const at = toRfc3339(AT);
    const [connected, session] = [pbx('PbxConnected', { at, ami_version: null, clock_offset_ms: null }), 2];
    const appending = new Appending(model.log);
    await appending.append([...unended, connected, pbx('ChannelsListed', { at, session, channels: 0 })]);
    await catchUp(model);
    assert.is((await storedTables(model.pool, model.version.schema)).entries.length, 1);

    const call = told.find(({ stream }) => stream.startsWith('call-'))?.stream ?? '';
    await appending.append([poison(call)]);
    await catchUp(model);
    assert.is((await storedTables(model.pool, model.version.schema)).entries.length, 1);
    await assertAgreesWithLog(model);
  });
});

test('is named without what it holds', async () => {
  await withReadModel(async (model) => {
    const secret = '+306912345678';
    const event = systemEvent('ChannelOpened', { fields: [['CallerIDNum', secret, secret]] }, AT);
    await project(model, [{ stream: streamOf.call('pbx', '1795000000.1'), event }]);
    const { rows } = await model.pool.query(`select * from ${model.version.schema}.parked`);
    assert.is(rows.length, 1);
    assert.match(rows[0].error, 'POISON_EVENT');
    assert.not(JSON.stringify(rows, (_, value) => `${value}`).includes(secret));
  });
});

async function project(model: TestReadModel, told: readonly Told[]): Promise<void> {
  await new Appending(model.log).append(told);
  await catchUp(model);
}

test.run();
