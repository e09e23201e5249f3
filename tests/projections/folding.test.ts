import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { hasCode } from '../../src/errors.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING } from '../../src/ports/eventStore.ts';
import { BehindLive } from '../../src/projections/following/behindLive.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { Rests } from '../../src/projections/following/rests.ts';
import { whatWaits } from '../../src/projections/index.ts';
import { type Incoming, incomingOf } from '../../src/projections/tables/batch.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerTold, systemEvent, type Told } from './support/events.ts';
import { foldAll, foldsPage, silent, type TestReadModel, toFold, withReadModel } from './support/readModel.ts';
import { demoRecording, joining, sessionOf } from './support/recordedCalls.ts';

const test = suite('a call that is folded behind what is live', { deadlineMs: 120_000 });

const AT = 1_795_000_000_000_000 as Micros;
/** Nothing is folded with its events. */
const NEVER = 0;

test('is taken in where it stands, in the tables of a restart too, and has its row when it was folded', () =>
  withEvents(['inbound-answered'], async (model, events) => {
    const first = await begun(model, NEVER);
    await first.apply(events);
    assert.equal([await rowsOf(model), await toFold(model)], [0, true]);
    const { position } = await storedTables(model.pool, model.version.schema);
    assert.is(position, events.at(-1)?.position);
    const { folding, foldingSeconds } = await whatWaits(await serving(model));
    assert.equal([folding, foldingSeconds >= 0], [1, true]);
    await foldAll(await begun(model, NEVER));
    assert.equal([await rowsOf(model), await toFold(model)], [1, false]);
    assert.equal(await whatWaits(model.db).then((waits) => [waits.folding, waits.foldingSeconds]), [0, 0]);
    await assertAgreesWithLog(model);
  }));

test('is folded at once as long as it has few facts', () =>
  withEvents(['inbound-answered'], async (model, events) => {
    await (await begun(model, 1_000)).apply(events.slice(0, -1));
    assert.equal([await rowsOf(model), await toFold(model)], [1, false]);
  }));

test('are all that were open when the connection is lost, in pages of their own', () =>
  withEvents(['inbound-answered', 'inbound-answered', 'inbound-answered'], async (model, events) => {
    const unended = events.filter(
      ({ type }) => !['CallHungUp', 'CallDetailRecorded', 'PbxDisconnected'].includes(type),
    );
    const projection = await begun(model, 1_000);
    await projection.apply(unended);
    assert.is(await toFold(model), false);
    await projection.apply(events.slice(-1));
    assert.equal(await waiting(model), 3);
    assert.is(await foldsPage(projection, 2), true);
    assert.equal(await waiting(model), 1);
    await foldAll(projection);
    assert.equal(await waiting(model), 0);
  }));

test('keeps its rows, once each, while another call has gone into it', () =>
  withEvents(['inbound-answered', 'inbound-missed'], async (model, events, appending) => {
    const projection = await begun(model, 1_000);
    await projection.apply(events);
    await foldAll(projection);
    const before = await idsOf(model);
    const calls = [...new Set(events.flatMap(({ stream }) => stream.match(/\d+\.\d+$/)?.[0] ?? []))];
    await appending.append([joining(calls[0] ?? '', calls[1] ?? '', events.length, AT)]);
    const later = await begun(model, NEVER);
    await later.apply(await eventsOf(model, events.length));
    assert.equal(await idsOf(model), before);
    const { rows } = await model.pool.query(
      `select distinct group_id from ${model.version.schema}.crm_comms_log
       where group_id in (select group_id from ${model.version.schema}.fold_waiting)`,
    );
    assert.is(rows.length, 1);
    await foldAll(later);
    await assertAgreesWithLog(model);
  }));

test('is erased at once, and those that shared a stream with it are folded at once', () =>
  withEvents(['inbound-answered', 'inbound-missed'], async (model, events, appending) => {
    const projection = await begun(model, NEVER);
    await projection.apply(events);
    await foldAll(projection);
    const [stream = ''] = events.flatMap((one) => (one.stream.startsWith('call-') ? [one.stream] : []));
    const key = stream.replace('call-pbx-', '');
    // it waits when it is to go
    const last = events.findLast((one) => one.stream === stream);
    const said = {
      fields: [
        ['Event', 'Newstate'],
        ['Uniqueid', key],
        ['Linkedid', key],
      ],
    };
    const metadata = { pbx: 'pbx', session: 0, seq: events.length, received_at: toRfc3339(AT) };
    const more = systemEvent('ChannelStateChanged', said, AT);
    await appending.append([{ stream, event: { ...more, metadata: { ...more.metadata, ...metadata } } }]);
    const order = {
      erasure: '5d2f8a34-8a0e-4b55-a6f9-000000000001',
      subject: 'call',
      streams: [stream],
      calls: [{ pbx: 'pbx', keys: [key] }],
      facts: [],
    };
    await appending.append([{ stream: streamOf.erasures, event: systemEvent('ErasureOrdered', order, AT) }]);
    const rest = await eventsOf(model, events.length);
    await projection.apply(rest.slice(0, 1));
    assert.equal([last !== undefined, await waiting(model)], [true, 1]);
    await projection.apply(rest.slice(1));
    const { rows } = await model.pool.query(`select ext_message_id from ${model.version.schema}.crm_comms_log`);
    assert.is(rows.length, 1);
    assert.is(
      rows.some(({ ext_message_id }) => ext_message_id === key),
      false,
    );
    await foldAll(projection);
    assert.is(await rowsOf(model), 1);
  }));

test('is folded by one of two projectors: what the other has in memory holds no more', () =>
  withEvents(['inbound-answered', 'inbound-missed'], async (model, events) => {
    const one = await begun(model, NEVER);
    await one.apply(events);
    const other = await begun(model, NEVER);
    assert.ok(await foldsPage(one, 1));
    const error: unknown = await foldsPage(other, 1).catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'FENCED'), String(error));
    await other.resume();
    await foldAll(other);
    assert.is(await rowsOf(model), 2);
    await assertAgreesWithLog(model);
  }));

test('keeps nobody waiting when it cannot be folded: others are, it is told of, and it is tried again', () =>
  withEvents(['inbound-answered', 'inbound-missed', 'outbound-busy'], async (model, events) => {
    const projection = await begun(model, NEVER);
    await projection.apply(events);
    const table = `${model.version.schema}.crm_comms_log`;
    await model.pool.query(`alter table ${table} add constraint refused check (outcome <> 'missed')`);
    let now = 0;
    const behind = new BehindLive(projection, { version: 1, logger: silent }, () => now);
    while ((await behind.doSome()) === 0);
    assert.equal([await rowsOf(model), await waiting(model)], [2, 1]);
    assert.ok(((await behind.doSome()) ?? 0) > 0, 'it is tried again later');
    await model.pool.query(`alter table ${table} drop constraint refused`);
    now += 60_000;
    while ((await behind.doSome()) === 0);
    assert.equal([await rowsOf(model), await waiting(model)], [3, 0]);
    await assertAgreesWithLog(model);
  }));

test('takes turns with calls that are to be matched again', () =>
  withEvents(['inbound-missed', 'inbound-missed', 'inbound-missed'], async (model, events, appending) => {
    const { pool, log, version } = model;
    const options = { pool, log, schema: version.schema, rules: version.rules, clock: systemClock };
    const projection = new Projection({ ...options, foldedAtOnce: NEVER, rematchedAtOnce: 1 });
    await projection.resume();
    await projection.apply(events);
    await foldAll(projection);
    const number = [{ number: '6955501234', from: toRfc3339(0 as Micros) }];
    await appending.append([customerTold('CustomerRegistered', 'c', number, AT)]);
    await projection.apply(await eventsOf(model, events.length));
    await model.pool.query(
      `insert into ${version.schema}.fold_waiting (group_id) select id from ${version.schema}.call_group`,
    );
    await projection.resume();
    const behind = new BehindLive(projection, { version: 1, logger: silent });
    const left = async () => [await waiting(model), await owned(model)];
    const before = await left();
    await behind.doSome();
    await behind.doSome();
    const after = await left();
    assert.ok(after[0] !== before[0] && after[1] !== before[1], JSON.stringify([before, after]));
  }));

test('rests nine times as long as it took, so it has a tenth of the time at most, at least a quarter of a second, and ten at most', () => {
  const rests = new Rests();
  assert.is(rests.left(0), null);
  rests.folded(1n, 100, 1_000);
  rests.folded(2n, 1, 1_000);
  assert.equal(rests.resting, [1n, 2n]);
  assert.is(rests.left(1_100), 150);
  assert.is(rests.end(1_249), false);
  assert.is(rests.end(1_250), true);
  assert.equal(rests.resting, [1n]);
  assert.is(rests.end(1_900), true);
  assert.is(rests.left(1_900), null);
  rests.folded(3n, 5_000, 2_000);
  assert.is(rests.left(2_000), 10_000);
});

async function withEvents(
  recordings: readonly string[],
  work: (model: TestReadModel, events: readonly Incoming[], appending: Appending) => Promise<void>,
): Promise<void> {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    const told: readonly Told[] = await sessionOf('pbx', 0, recordings.map(demoRecording), AT);
    await appending.append(told);
    await work(model, await eventsOf(model, 0), appending);
  });
}

/** But for so many. */
async function eventsOf({ log }: TestReadModel, but: number): Promise<readonly Incoming[]> {
  const events: Incoming[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch.map(incomingOf));
  return events.slice(but);
}

async function begun({ pool, log, version }: TestReadModel, foldedAtOnce: number): Promise<Projection> {
  const { schema, rules } = version;
  const projection = new Projection({ pool, log, schema, rules, clock: systemClock, foldedAtOnce });
  await projection.resume();
  return projection;
}

async function serving({ db, pool, version }: TestReadModel) {
  await pool.query('update commslog.read_model set active_version = $1', [version.version]);
  return db;
}

async function numberOf({ pool }: TestReadModel, text: string): Promise<number> {
  return (await pool.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]?.n ?? 0;
}

function rowsOf(model: TestReadModel): Promise<number> {
  return numberOf(model, `${model.version.schema}.crm_comms_log`);
}

function waiting(model: TestReadModel): Promise<number> {
  return numberOf(model, `${model.version.schema}.fold_waiting`);
}

function owned(model: TestReadModel): Promise<number> {
  return numberOf(model, `${model.version.schema}.crm_comms_log where customer_id = 'c'`);
}

async function idsOf({ pool, version }: TestReadModel): Promise<readonly string[]> {
  return (await pool.query(`select id from ${version.schema}.crm_comms_log order by id`)).rows.map(({ id }) => id);
}

test.run();
