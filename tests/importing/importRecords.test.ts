import * as assert from 'uvu/assert';
import { openEventStoreDb, openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import { type PbxFactData, streamOf } from '../../src/domain/events.ts';
import { fromRfc3339 } from '../../src/domain/time.ts';
import { hasCode } from '../../src/errors.ts';
import { type ImportCounts, importRecords } from '../../src/importing/index.ts';
import type { CallRecordSource } from '../../src/ports/callRecordSource.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';
import { assertAgreesWithLog } from '../projections/support/agreement.ts';
import { catchUp, openReadModel, silent, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { callRecords } from '../support/callRecords.ts';
import { startFakeEventStoreDb } from '../support/fakeEventStoreDb/index.ts';
import { createDatabase } from '../support/postgres.ts';
import { rowsOfRecords } from '../support/recordRows.ts';
import { suite } from '../support/suite.ts';

const test = suite('importing call records', { deadlineMs: 120_000 });

type Records = readonly ReadonlyMap<string, string>[];

test('stores each record once, and rows that are what the records alone tell', () =>
  withReadModel(async (model) => {
    const records = callRecords();
    const first = await run(model.log, records);
    assert.is(first.stored, records.length);
    await catchUp(model);
    const told = rowsOfRecords(records);
    assert.equal((await entries(model)).map(shown).sort(), told.map(shown).sort());
    await assertAgreesWithLog(model);

    const head = await model.log.head();
    const again = await run(model.log, [...records].reverse());
    assert.is(again.stored, 0);
    assert.is(again.known, records.length);
    assert.is(await model.log.head(), head);
  }));

test('stores only what is new of a call that has records already', () =>
  withReadModel(async ({ log }) => {
    const records = callRecords();
    const half = records.filter((_, at) => at % 2 === 0);
    assert.is((await run(log, half)).stored, half.length);
    await run(log, records);
    assert.is(await recordsIn(log), records.length);
  }));

test('a record that comes twice is one, also from another source with other columns', () =>
  withReadModel(async ({ log }) => {
    const records = callRecords();
    const shorter = records.map((record) => new Map([...record].filter(([name]) => name !== 'did' && name !== 'cnum')));
    await run(log, records);
    assert.is((await run(log, [...shorter, ...shorter])).stored, 0);
  }));

test('a dry run counts and stores nothing', () =>
  withReadModel(async ({ log }) => {
    const head = await log.head();
    const counts = await run(null, callRecords());
    assert.is(counts.read, callRecords().length);
    assert.is(counts.stored, 0);
    assert.is(await log.head(), head);
  }));

test('takes only what began in the period', () =>
  withReadModel(async ({ log }) => {
    const [since, until] = [fromRfc3339('2026-11-28T14:30:00Z'), fromRfc3339('2026-11-28T14:40:00Z')];
    const counts = await run(log, callRecords(), { since, until });
    const wanted = callRecords().filter((record) => {
      const begin = record.get('calldate') ?? '';
      return begin >= '2026-11-28 14:30:00' && begin < '2026-11-28 14:40:00';
    });
    assert.is(counts.stored, wanted.length);
  }));

for (const [store, openLog] of [
  ['PostgreSQL', postgresLog],
  ['EventStoreDB', eventStoreDbLog],
] as const) {
  test(`stores each record once in ${store}, and never brings back what was erased`, async () => {
    const { log, drop } = await openLog();
    try {
      const records = callRecords();
      assert.is((await run(log, records)).stored, records.length);
      assert.is((await run(log, records)).known, records.length);
      const [first] = records;
      const id = first?.get('linkedid') ?? '';
      await log.erase([streamOf.record('pbx', id)]);
      const counts = await run(log, records);
      assert.is(counts.stored, 0);
      assert.is(counts.erased, records.filter((record) => record.get('linkedid') === id).length);
    } finally {
      await log.close();
      await drop();
    }
  });
}

test('refuses records of another time zone, and stores none', () =>
  withReadModel(async ({ log }) => {
    const head = await log.head();
    try {
      await run(log, callRecords(), { zone: 'Europe/Athens' });
      assert.unreachable();
    } catch (error) {
      assert.ok(hasCode(error, 'CDR_TIME_ZONE_WRONG'));
    }
    assert.is(await log.head(), head);
  }));

test('a record without a channel or a time is counted and left out', () =>
  withReadModel(async ({ log }) => {
    const [one] = callRecords();
    const broken = [
      new Map([...(one ?? []), ['uniqueid', '']]),
      new Map([...(one ?? []), ['calldate', '0000-00-00 00:00:00']]),
    ];
    const counts = await run(log, broken);
    assert.is(counts.unreadable, 2);
    assert.is(counts.stored, 0);
  }));

test('in the hour that comes twice the id of the channel tells which it was, else the row says that it is not known', () =>
  withReadModel(async (model) => {
    const [one] = callRecords();
    const at = (uniqueid: string, calldate: string) =>
      new Map([...(one ?? []), ['uniqueid', uniqueid], ['linkedid', uniqueid], ['calldate', calldate]]);
    const summer = (fromRfc3339('2026-10-25T00:30:00Z') ?? 0) / 1_000_000;
    const counts = await run(
      model.log,
      [
        at(`${summer}.1`, '2026-10-25 03:30:00'),
        at(`${summer + 3600}.2`, '2026-10-25 03:30:00'),
        // a record that began ten minutes after its channel, in whichever hour
        at(`${summer - 600}.3`, '2026-10-25 03:30:00'),
      ],
      { zone: 'Europe/Athens' },
    );
    assert.is(counts.ambiguous, 1);
    await catchUp(model);
    const rows = new Map((await entries(model)).map((row) => [row.ext_message_id.split('.')[1], row]));
    assert.is(rows.get('1')?.occurred_at, '2026-10-25T00:30:00.000000Z');
    assert.is(rows.get('2')?.occurred_at, '2026-10-25T01:30:00.000000Z');
    assert.equal(
      [...rows].filter(([, row]) => row.incomplete.includes('ambiguous_hour')).map(([counter]) => counter),
      ['3'],
    );
  }));

test('a version that is built later has the rows of one that followed', () =>
  withReadModel(async (model) => {
    const records = callRecords();
    await run(model.log, records.slice(0, 60));
    await catchUp(model);
    await run(model.log, records);
    await catchUp(model);
    await assertAgreesWithLog(model);
    const database = await createDatabase();
    const later = await openReadModel(database.url, { log: model.log });
    try {
      await catchUp(later);
      assert.equal((await entries(later)).map(shown).sort(), (await entries(model)).map(shown).sort());
    } finally {
      await later.pool.end();
      await database.drop();
    }
  }));

test.run();

async function run(
  log: EventStore | null,
  records: Records,
  options: Partial<Parameters<typeof importRecords>[0]> = {},
): Promise<ImportCounts> {
  let last: ImportCounts | undefined;
  const progress = importRecords({
    log,
    source: sourceOf(records),
    pbx: 'pbx',
    zone: 'UTC',
    since: null,
    until: null,
    after: null,
    clock: systemClock,
    app: 'test',
    signal: new AbortController().signal,
    ...options,
  });
  for await (const { counts } of progress) last = counts;
  if (last === undefined) throw new Error('there was no batch');
  return last;
}

function sourceOf(records: Records): CallRecordSource {
  const all = records.map((record): PbxFactData => ({ fields: [...record] }));
  return {
    async *batches() {
      yield { records: all, unreadable: 0, key: 'end' };
    },
    async close() {},
  };
}

async function postgresLog() {
  const database = await createDatabase();
  return { log: await openPostgresLog({ url: database.url, logger: silent }), drop: database.drop };
}

async function eventStoreDbLog() {
  const server = await startFakeEventStoreDb();
  return { log: await openEventStoreDb({ url: server.url, logger: silent }), drop: async () => server.stop() };
}

async function recordsIn(log: EventStore): Promise<number> {
  let events = 0;
  for await (const batch of log.readAll(BEGINNING, { streamPrefixes: ['cdr-'] })) events += batch.length;
  return events;
}

async function entries({ pool, version }: TestReadModel): Promise<CallEntry[]> {
  const { rows } = await pool.query(`select * from ${version.schema}.crm_comms_log`);
  return rows;
}

function shown({
  ext_message_id,
  source,
  outcome,
  external_number_raw,
  extensions,
  answered_at,
  duration_seconds,
}: CallEntry) {
  const answered = answered_at === null ? null : new Date(answered_at).toISOString();
  return JSON.stringify([ext_message_id, source, outcome, external_number_raw, extensions, answered, duration_seconds]);
}
