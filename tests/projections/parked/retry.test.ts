import * as assert from 'uvu/assert';
import { entryId } from '../../../src/domain/callId.ts';
import { type RecordedEvent, streamOf } from '../../../src/domain/events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { hasCode } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { createReadModel } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { rebuildsOf, runAll } from '../rebuild/support.ts';
import { assertAgreesWithLog, storedTables } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { customerRemoved, customerTold, personsEvent, poison, systemEvent, type Told } from '../support/events.ts';
import { newVersion, readable } from '../support/histories.ts';
import { misreading } from '../support/misreading.ts';
import { catchUp, runProjector, silent, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';

const test = suite('parked events that are tried again', { deadlineMs: 60_000 });

const AT = 1_795_000_000_000_000 as Micros;
const BY_HAND = '5d2f8a34-8a0e-4b55-a6f9-000000000001';
const OTHER_BY_HAND = '5d2f8a34-8a0e-4b55-a6f9-000000000002';
const ALL = { version: null, positions: null, after: null };

test('are projected when the database takes them now, and the customers and calls are as if it always had', async () => {
  await withReadModel(async (model) => {
    await project(model, await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    const { schema } = model.version;
    await model.pool.query(`alter table ${schema}.customer add constraint no_b check (name <> 'Customer b')`);
    const told = [
      customerTold('CustomerRegistered', 'b', ['6912345678', '2101234567'], AT),
      customerTold('CustomerChanged', 'b', ['6912345678'], (AT + 1) as Micros),
    ];
    await project(model, told);
    const rebuilds = rebuildsOf(model);
    const refused = await rebuilds.retryParked(ALL);
    assert.equal([refused.folded, refused.failed.length, refused.remaining], [0, 2, 2]);
    await model.pool.query(`alter table ${schema}.customer drop constraint no_b`);
    assert.equal(await rebuilds.retryParked(ALL), { version: 1, folded: 2, failed: [], remaining: 0, next: null });
    const [call] = (await storedTables(model.pool, schema)).entries;
    assert.is(call?.customer_id, 'b');
    await assertLikeRebuilt(model);
  });
});

test('lose the mark on their call, which stays while another of its events is parked', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-transferred')]);
    const [, first, second] = told;
    const bad = poison(first?.stream ?? '');
    await project(model, [...told.slice(0, 10), bad, ...told.slice(10)], [first, second]);
    const rebuilds = rebuildsOf(model);
    const marks = async () => (await storedTables(model.pool, model.version.schema)).entries[0]?.incomplete;
    assert.equal(await marks(), ['start_not_heard', 'filled_from_records', 'event_parked']);
    const { folded, failed, remaining } = await rebuilds.retryParked(ALL);
    assert.equal([folded, failed.map(({ eventId }) => eventId), remaining], [2, [bad.event.id], 1]);
    assert.equal(await marks(), ['event_parked']);
    await assertLikeRebuilt(model);
  });
});

test('that fail again stay, with the reason of now', async () => {
  await withReadModel(async (model) => {
    const { schema } = model.version;
    await project(model, [poison(streamOf.call('pbx', '1795000000.1'))]);
    await model.pool.query(`update ${schema}.parked set error = 'the reason of once'`);
    const before = (await model.pool.query(`select * from ${schema}.parked`)).rows[0];
    const { failed, remaining } = await rebuildsOf(model).retryParked(ALL);
    assert.is(remaining, 1);
    assert.match(failed[0]?.error ?? '', 'POISON_EVENT: the ChannelOpened event is not as its schema says');
    const after = (await model.pool.query(`select * from ${schema}.parked`)).rows;
    assert.equal(after, [{ ...before, error: failed[0]?.error }]);
  });
});

test('of a call in progress count for the projector that has the call in memory', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const entered = told.find(({ event }) => event.type === 'BridgeEntered');
    const misread = new Set([entered?.event.id ?? '']);
    const projector = runProjector({ ...model, log: misreading(model.log, misread) });
    const appending = new Appending(model.log);
    const middle = told.length - 5;
    await projector.reach(await appending.append(told.slice(0, middle)));
    const { current } = await storedTables(model.pool, model.version.schema);
    assert.is(current.length, 1);

    misread.clear();
    assert.is((await rebuildsOf(model).retryParked(ALL)).folded, 1);
    await assertAgreesWithLog(model);
    await projector.reach(await appending.append(told.slice(middle)));
    await projector.stop();
    await assertLikeRebuilt(model);
    assert.equal((await storedTables(model.pool, model.version.schema)).entries[0]?.incomplete, []);
  });
});

test('are each projected once, though several try at once and events go on coming', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, ['inbound-queue', 'inbound-transferred'].map(demoRecording));
    const [before, after] = [told.slice(0, 80), told.slice(80)];
    await project(
      model,
      before,
      before.filter((_, at) => at % 9 === 4),
    );
    const running = runAll(model);
    const appending = new Appending(model.log);
    const coming = (async () => {
      for (const one of after.keys()) await appending.append(after.slice(one, one + 1));
    })().catch((error: unknown) => error);
    await Promise.all([1, 2, 3].map(() => rebuildsOf(model).retryParked(ALL)));
    await coming;
    await running.stop();
    await catchUp(model);
    assert.is((await storedTables(model.pool, model.version.schema)).parked.size, 0);
    await assertLikeRebuilt(model);
  });
});

test('tell other calls when the session ended that was cut', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, ['inbound-answered', 'inbound-queue'].map(demoRecording));
    const [connected, ...heard] = told.slice(0, -1);
    const calls = [...new Set(told.map(({ stream }) => stream))].filter((stream) => /-\d+\.\d+$/.test(stream));
    // both are cut by the end of the listener, which says nothing; the last that it heard is of the other call
    const [early = [], late = []] = calls.map((call) => heard.filter(({ stream }) => stream === call).slice(0, 12));
    // so soon afterwards that the calls are known to the second to have ended
    const lastHeard = fromRfc3339(String(late.at(-1)?.event.metadata.received_at)) ?? AT;
    const at = toRfc3339((lastHeard + 500_000) as Micros);
    const next = [
      systemEvent('PbxConnected', { at, ami_version: null, clock_offset_ms: null }, AT),
      systemEvent('ChannelsListed', { at, session: 1, channels: 0 }, AT),
    ].map((event): Told => ({ stream: streamOf.pbx('pbx'), event }));
    await project(model, [...(connected ? [connected] : []), ...late, ...early, ...next], late.slice(-1));
    const ends = async () => (await storedTables(model.pool, model.version.schema)).entries.map((row) => row.ended_at);
    const before = await ends();
    assert.is(before.length, 2);
    await rebuildsOf(model).retryParked(ALL);
    assert.not.ok((await ends()).some((end) => before.includes(end)));
    await assertLikeRebuilt(model);
  });
});

test('take a customer’s number away from a call where it was never held', async () => {
  await withReadModel(async (model) => {
    await project(model, await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    const removed = customerRemoved('a', AT);
    await project(model, [customerTold('CustomerRegistered', 'a', ['6912345678'], AT), removed], [removed]);
    const owner = async () => (await storedTables(model.pool, model.version.schema)).entries[0]?.customer_id;
    assert.is(await owner(), 'a');
    await rebuildsOf(model).retryParked(ALL);
    assert.is(await owner(), null);
    await assertLikeRebuilt(model);
  });
});

test('of an annotation and of a call logged by hand count at their place, before what was said later', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-missed')]);
    const call = /\d+\.\d+$/.exec(told[1]?.stream ?? '')?.[0] ?? '';
    const annotation = streamOf.annotation(entryId('pbx', call));
    const manual = streamOf.manual(BY_HAND);
    const people = (stream: string, type: string, data: Told['event']['data']): Told => {
      return { stream, event: personsEvent(type, data, AT) };
    };
    const logged = loggedByHand(BY_HAND);
    const corrected = people(manual, 'CallCorrected', { duration_seconds: 5, notes: 'corrected' });
    const merged = people(annotation, 'ManualCallMerged', { manual: BY_HAND });
    const assigned = people(annotation, 'CallAssigned', { customer_id: 'a' });
    const said = [
      logged,
      corrected,
      people(manual, 'CallCorrected', { duration_seconds: 7 }),
      assigned,
      people(annotation, 'CallUnassigned', {}),
      merged,
      people(annotation, 'CallMarkedDone', {}),
    ];
    await project(model, [...told, ...said], [corrected, assigned, merged]);
    assert.is((await storedTables(model.pool, model.version.schema)).entries.length, 2);
    assert.is((await rebuildsOf(model).retryParked(ALL)).folded, 3);
    const [entry, ...others] = (await storedTables(model.pool, model.version.schema)).entries;
    assert.equal([others, entry?.customer_id, JSON.stringify(entry?.notes).includes('"corrected"')], [[], null, true]);
    await assertLikeRebuilt(model);
  });
});

test('that the log no longer has are forgotten, with what else their stream said', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, ['inbound-missed', 'outbound-busy', 'inbound-abandoned'].map(demoRecording));
    const calls = new Set(told.flatMap(({ stream }) => /\d+\.\d+$/.exec(stream)?.[0] ?? []));
    const [erased = '', ...kept] = calls;
    const fact = told.filter(({ stream }) => stream === streamOf.call('pbx', erased))[3];
    const [merging, marking] = kept.map((call) => streamOf.annotation(entryId('pbx', call)));
    const people = (stream = '', type: string, data: Told['event']['data']): Told => {
      return { stream, event: personsEvent(type, data, AT) };
    };
    const [assigned, alsoAssigned] = [merging, marking].map((stream) =>
      people(stream, 'CallAssigned', { customer_id: 'a' }),
    );
    const changed = customerTold('CustomerChanged', 'a', ['2101234567'], AT);
    const note = people(streamOf.manual(OTHER_BY_HAND), 'NoteAdded', { text: 'gone' });
    const said = [
      customerTold('CustomerRegistered', 'a', ['6912345678'], AT),
      changed,
      loggedByHand(BY_HAND),
      loggedByHand(OTHER_BY_HAND),
      note,
      people(merging, 'ManualCallMerged', { manual: BY_HAND }),
      people(marking, 'CallMarkedDone', {}),
      ...[assigned, alsoAssigned].flatMap((one) => one ?? []),
    ];
    const parked = [fact, changed, note, assigned, alsoAssigned];
    await project(model, [...told, ...said, customerTold('CustomerRegistered', 'b', [], AT)], parked);
    assert.is((await storedTables(model.pool, model.version.schema)).entries.length, 4);
    await model.log.erase(parked.map((one) => one?.stream ?? ''));
    assert.is((await rebuildsOf(model).retryParked(ALL)).folded, 5);
    const { entries, customers } = await storedTables(model.pool, model.version.schema);
    assert.equal(entries.map(({ ext_message_id }) => ext_message_id).sort(), [...kept, BY_HAND].sort());
    assert.equal(
      customers.map(({ id }) => id),
      ['b'],
    );
    await assertLikeRebuilt(model);
  });
});

test('may be chosen by their positions; one that is not parked is named, and nothing is tried', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-missed')]);
    await project(model, told, told.slice(2, 5));
    const positions = [...(await storedTables(model.pool, model.version.schema)).parked.keys()].sort();
    const [one = 0n, other = 0n] = positions;
    const error: unknown = await rebuilds
      .retryParked({ version: null, positions: [one, 1n], after: null })
      .catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'NOT_FOUND'), String(error));
    const { folded, remaining } = await rebuilds.retryParked({ version: 1, positions: [one, other], after: null });
    assert.equal([folded, remaining], [2, 1]);
    assert.equal([...(await storedTables(model.pool, model.version.schema)).parked.keys()], positions.slice(2));
    assert.is((await rebuilds.retryParked({ ...ALL, after: positions[2] ?? 0n })).folded, 0);
    await assertAgreesWithLog(model);
  });
});

test('are tried a bounded number at once; the next go begins where the last one ended', async () => {
  await withReadModel(async (model) => {
    const bad = Array.from({ length: 130 }, () => poison(streamOf.call('pbx', '1795000000.1')));
    await project(model, bad);
    const rebuilds = rebuildsOf(model);
    const first = await rebuilds.retryParked(ALL);
    assert.equal([first.failed.length, first.remaining, first.next], [100, 130, first.failed.at(-1)?.position]);
    const second = await rebuilds.retryParked({ ...ALL, after: first.next });
    assert.equal([second.failed.length, second.next], [30, null]);
  });
});

test('are those of one version; one that is being built or gone is refused', async () => {
  await withReadModel(async (model) => {
    const rebuilds = rebuildsOf(model);
    await project(model, [poison(streamOf.call('pbx', '1795000000.1'))]);
    const other = await newVersion(model, 2);
    await catchUp(other);
    const codeOf = (version: number) =>
      rebuilds.retryParked({ ...ALL, version }).then(
        ({ failed }) => failed.length,
        (error: unknown) => (hasCode(error, 'CONFLICT', 'NOT_FOUND') ? error.code : error),
      );
    const become = (state: 'previous' | 'dropped', derivation: string) =>
      model.db
        .withSchema('commslog')
        .updateTable('read_model_version')
        .set({ state, derivation })
        .where('version', '=', 2)
        .execute();
    assert.equal([await codeOf(3), await codeOf(2)], ['NOT_FOUND', 'CONFLICT']);
    await become('previous', '0-another');
    assert.is((await rebuilds.get(2)).mixed, false);
    assert.is(await codeOf(2), 1);
    // its rows may come of other code now than the version was built with
    assert.is((await rebuilds.get(2)).mixed, true);
    await become('dropped', '0-another');
    assert.is(await codeOf(2), 'CONFLICT');
  });
});

test('wake readers, and the feed tells them of the call', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-missed')]);
    await project(model, told, told.slice(2, 3));
    const readModel = createReadModel({ pool: model.pool, url: model.url, logger: silent });
    const { version, seq } = await readModel.feedHead();
    const woken = new Promise<void>((resolve) => readModel.onChange(resolve));
    await rebuildsOf(model).retryParked(ALL);
    await woken;
    const changes = await readModel.changes(version, seq, 10);
    assert.equal(
      changes?.map(({ kind, entry }) => [kind, entry?.incomplete]),
      [['upsert', []]],
    );
    await readModel.close();
  });
});

/** Projects what is told, by a program that does not understand some of it. */
async function project(
  model: TestReadModel,
  told: readonly Told[],
  misread: readonly (Told | undefined)[] = [],
): Promise<void> {
  const ids = new Set(misread.flatMap((one) => one?.event.id ?? []));
  await new FollowingAppending(model.log).append(told);
  await catchUp({ ...model, log: misreading(model.log, ids) });
}

/** Appends behind what stands in the streams already. */
class FollowingAppending {
  readonly #log: EventStore;

  constructor(log: EventStore) {
    this.#log = log;
  }

  async append(told: readonly Told[]): Promise<void> {
    for (const { stream, event } of told) {
      let last: RecordedEvent | undefined;
      for await (const [one] of this.#log.readStream(stream, { direction: 'backwards', limit: 1 })) last = one;
      await this.#log.append(stream, [event], last?.revision ?? 'no_stream');
    }
  }
}

async function assertLikeRebuilt(model: TestReadModel): Promise<void> {
  await assertAgreesWithLog(model);
  const rebuilt = await newVersion(model, 9);
  await catchUp(rebuilt);
  assert.equal(await readable(model), await readable(rebuilt));
}

function loggedByHand(uuid: string): Told {
  const content = { customer_id: 'a', direction: 'inbound', duration_seconds: 60, notes: 'logged' };
  const data = { ...content, occurred_at: toRfc3339(AT), request_hash: null };
  return { stream: streamOf.manual(uuid), event: personsEvent('CallLogged', data, AT) };
}

test.run();
