import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { personsEvent, systemEvent, type Told } from './support/events.ts';
import { catchUp, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf, twoThatMayBeOne } from './support/recordedCalls.ts';

const test = suite('calls that turn out to be one, or end unheard');

const AT = 1_795_000_000_000_000 as Micros;

test('leave one row; the other id is an alias with what people decided, and the feed says where it went', async () => {
  await withReadModel(async (model) => {
    const { told, older, newer, join } = await twoThatMayBeOne();
    const tell = telling(model);
    await tell(told);
    const [kept, gone] = [entryId('pbx', older), entryId('pbx', newer)];
    assert.equal((await idsOf(model)).entries, [kept, gone].sort());
    const assigned = personsEvent('CallAssigned', { customer_id: 'c1' }, AT);
    await tell([{ stream: streamOf.annotation(gone), event: assigned }]);

    await tell([join]);
    const { entries, aliases } = await idsOf(model);
    assert.equal([entries, aliases.filter(([id]) => id === gone)], [[kept], [[gone, kept]]]);
    const tables = await storedTables(model.pool, model.version.schema);
    assert.is(tables.entries[0]?.customer_id, 'c1');
    const { rows } = await model.pool.query(
      `select kind, current_id from ${model.version.schema}.changes where id = $1 order by seq desc limit 1`,
      [gone],
    );
    assert.equal(rows, [{ kind: 'merged', current_id: kept }]);
  });
});

test('are in progress until the outside is heard to end', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const tell = telling(model);
    const last = told.findIndex(({ event }) => event.type === 'CallHungUp');
    await tell(told.slice(0, last));
    const before = await idsOf(model);
    assert.equal([before.current.length, before.entries.length], [1, 0]);
    await tell(told.slice(last));
    const after = await idsOf(model);
    assert.equal([after.entries, after.current], [before.current, []]);
  });
});

test('end when the PBX is listed without them after the connection was lost', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const tell = telling(model);
    await tell(told.filter(({ event }) => event.type !== 'CallHungUp'));
    assert.is((await idsOf(model)).current.length, 1);
    const at = toRfc3339((AT + 3_600_000_000) as Micros);
    await tell([connection('PbxConnected', { at, ami_version: null, clock_offset_ms: null })]);
    assert.is((await idsOf(model)).current.length, 1);
    await tell([connection('ChannelsListed', { at, session: 2, channels: 0 })]);
    const { entries, current } = await storedTables(model.pool, model.version.schema);
    assert.equal([entries.length, current.length], [1, 0]);
    assert.equal(entries[0]?.incomplete, ['end_not_heard']);
  });
});

test('stay in progress for a projector that was not there when they began', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-queue')]);
    const tell = telling(model);
    const parts = 8;
    const size = Math.ceil(told.length / parts);
    // a new projector for each part: nothing of the call is in memory
    for (let part = 0; part < parts; part += 1) await tell(told.slice(part * size, (part + 1) * size));
    assert.is((await idsOf(model)).entries.length, 1);
  });
});

/** Appends, projects, and proves that the tables equal the fold of the log. */
function telling(model: TestReadModel): (told: readonly Told[]) => Promise<void> {
  const appending = new Appending(model.log);
  return async (told) => {
    await appending.append(told);
    await catchUp(model);
    await assertAgreesWithLog(model);
  };
}

function connection(type: string, data: Parameters<typeof systemEvent>[1]): Told {
  return { stream: streamOf.pbx('pbx'), event: systemEvent(type, data, AT) };
}

async function idsOf({ pool, version }: TestReadModel) {
  const { entries, current, aliases } = await storedTables(pool, version.schema);
  return { entries: entries.map(({ id }) => id), current: current.map(({ id }) => id), aliases };
}

test.run();
