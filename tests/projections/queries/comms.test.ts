import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { sql } from 'kysely';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { directionSchema, outcomeSchema } from '../../../src/domain/entry.ts';
import type { CommsFilter, CommsKey, InVersion } from '../../../src/ports/readModel.ts';
import { createPool } from '../../../src/postgres.ts';
import { createReadModel } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, matchOf, openedTables } from './tables.ts';

const test = suite('reading the call log');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const open = openedTables(test);

const customers = ['acme', 'zeta'] as const;
const extensions = ['101', '102', '103'] as const;
const queues = ['400', 'sales'] as const;
const dids = ['2100000000', '2100000001'] as const;
const trunks = ['provider', 'other'] as const;
const statuses = ['unmatched', 'ambiguous', 'withheld', 'own_number'] as const;

/** Many kinds of entries; several begin in the same microsecond. */
const entryArbitrary = fc
  .record({
    id: fc.uuid(),
    direction: fc.constantFrom(...directionSchema.options),
    outcome: fc.constantFrom(...outcomeSchema.options),
    customer: fc.option(fc.constantFrom(...customers)),
    status: fc.constantFrom(...statuses),
    rule: fc.constantFrom('number_at_the_time', 'person'),
    extensions: fc.subarray([...extensions]),
    rang: fc.subarray([...extensions]),
    queues: fc.option(fc.subarray([...queues])),
    did: fc.option(fc.constantFrom(...dids)),
    trunk: fc.option(fc.constantFrom(...trunks)),
    seconds: fc.option(fc.integer({ min: 0, max: 5 })),
    minute: fc.integer({ min: 10, max: 16 }),
    done: fc.boolean(),
    machine: fc.constantFrom(true, false, null),
  })
  .map((one) => ({
    ...one,
    occurred_at: `2026-11-20T10:${one.minute}:00.123456Z`,
    done_at: one.done ? '2026-11-21T08:00:00.000000Z' : null,
  }));
type Made = typeof entryArbitrary extends fc.Arbitrary<infer T> ? T : never;

const filterArbitrary: fc.Arbitrary<CommsFilter> = fc.record(
  {
    directions: fc.subarray([...directionSchema.options]),
    outcomes: fc.subarray([...outcomeSchema.options]),
    customerId: fc.constantFrom(...customers, 'nobody'),
    extension: fc.constantFrom(...extensions),
    queue: fc.constantFrom(...queues, 'nowhere'),
    did: fc.constantFrom(...dids),
    trunk: fc.constantFrom(...trunks),
    durationFrom: fc.integer({ min: 0, max: 5 }),
    durationTo: fc.integer({ min: 0, max: 5 }),
    from: fc.integer({ min: 10, max: 16 }).map((minute) => `2026-11-20T10:${minute}:00.123456Z`),
    to: fc.integer({ min: 10, max: 16 }).map((minute) => `2026-11-20T12:${minute}:00.123456+02:00`),
    unassigned: fc.boolean(),
    done: fc.boolean(),
    handledByMachine: fc.boolean(),
  },
  { requiredKeys: [] },
);

function isUnassigned(entry: Made): boolean {
  const isOpen = entry.status === 'unmatched' || entry.status === 'ambiguous';
  return entry.customer === null && isOpen && entry.rule !== 'person';
}

function meets(entry: Made, filter: CommsFilter): boolean {
  const {
    directions = [],
    outcomes = [],
    customerId,
    extension,
    queue,
    did,
    trunk,
    durationFrom = 0,
    durationTo = Number.POSITIVE_INFINITY,
    from,
    to,
    unassigned,
    done,
    handledByMachine,
  } = filter;
  const at = Date.parse(entry.occurred_at);
  const asksLength = filter.durationFrom !== undefined || filter.durationTo !== undefined;
  const hasLength = entry.seconds !== null && entry.seconds >= durationFrom && entry.seconds <= durationTo;
  return (
    (directions.length === 0 || directions.includes(entry.direction)) &&
    (outcomes.length === 0 || outcomes.includes(entry.outcome)) &&
    (customerId === undefined || entry.customer === customerId) &&
    (extension === undefined || [...entry.extensions, ...entry.rang].some((one) => one === extension)) &&
    (queue === undefined || entry.queues?.some((one) => one === queue) === true) &&
    (did === undefined || entry.did === did) &&
    (trunk === undefined || entry.trunk === trunk) &&
    (!asksLength || hasLength) &&
    (from === undefined || at >= Date.parse(from)) &&
    (to === undefined || at < Date.parse(to)) &&
    (unassigned !== true || isUnassigned(entry)) &&
    (done === undefined || (entry.done_at !== null) === done) &&
    (handledByMachine === undefined || (entry.machine === true) === handledByMachine)
  );
}

const newestFirst = (a: Made, b: Made) =>
  a.occurred_at === b.occurred_at ? (a.id < b.id ? 1 : -1) : a.occurred_at < b.occurred_at ? 1 : -1;

test(`every filter, page by page, gives exactly the entries that meet it, and the counts agree (seed ${seed})`, async () => {
  const { readModel, tables } = await open();
  const made = fc.sample(entryArbitrary, { seed, numRuns: 100 });
  await tables()
    .insertInto('crm_comms_log')
    .values(
      made.map(({ customer, status, rule, minute, done, machine, seconds, ...columns }) =>
        entryRow({
          ...columns,
          customer_id: customer,
          match: matchOf(customer === null ? status : 'matched', rule),
          handled_by_machine: machine,
          duration_seconds: seconds,
        }),
      ),
    )
    .execute();
  const property = fc.asyncProperty(filterArbitrary, fc.integer({ min: 3, max: 100 }), async (filter, limit) => {
    const expected = made.filter((entry) => meets(entry, filter)).sort(newestFirst);
    const ids: string[] = [];
    let after: InVersion<CommsKey> | null = null;
    do {
      const page: Awaited<ReturnType<typeof readModel.list>> = await readModel.list(filter, after, limit);
      assert.ok(page.items.length === limit || page.next === null, 'only the last page is not full');
      ids.push(...page.items.map((item) => item.id));
      after = page.next;
    } while (after !== null);
    assert.equal(
      ids,
      expected.map((entry) => entry.id),
    );
    const counts = await readModel.counts(filter);
    assert.is(counts.total, expected.length);
    assert.is(counts.unassigned, expected.filter(isUnassigned).length);
    assert.is(
      counts.missed_open,
      expected.filter((e) => e.direction === 'inbound' && e.outcome !== 'answered' && e.done_at === null).length,
    );
    for (const outcome of outcomeSchema.options) {
      assert.is(counts.by_outcome[outcome], expected.filter((entry) => entry.outcome === outcome).length, outcome);
    }
    for (const direction of directionSchema.options) {
      assert.is(counts.by_direction[direction], expected.filter((e) => e.direction === direction).length, direction);
    }
  });
  await fc.assert(property, { seed, numRuns: 40 });
});

test('an entry that arrives while somebody pages is neither shown twice nor pushes one out', async () => {
  const { readModel, tables } = await open();
  const minutes = [10, 11, 12, 13];
  const rows = minutes.map((minute) => entryRow({ occurred_at: `2026-11-20T10:${minute}:00.000000Z` }));
  await tables().insertInto('crm_comms_log').values(rows).execute();
  const first = await readModel.list({}, null, 2);
  await tables()
    .insertInto('crm_comms_log')
    .values(entryRow({ occurred_at: '2026-11-20T11:00:00.000000Z' }))
    .execute();
  const second = await readModel.list({}, first.next, 2);
  assert.equal(
    [...first.items, ...second.items].map((item) => item.id),
    rows.map((row) => row.id).reverse(),
  );
  assert.is(second.next, null);
});

test('a page of a long log is found by an index, whatever it is narrowed by', async () => {
  const { url, tables } = await open();
  await sql`insert into read_v1.crm_comms_log ${sql.raw(MANY_ENTRIES)}`.execute(tables());
  await sql`analyze read_v1.crm_comms_log`.execute(tables());

  // one connection, one transaction: PostgreSQL counts the scans in it at once
  const pool = createPool(url, { max: 1 });
  await pool.query('begin');
  const readModel = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  const filters: CommsFilter[] = [
    {},
    { customerId: 'c8' },
    { outcomes: ['missed'] },
    { directions: ['inbound'], outcomes: ['missed', 'abandoned', 'busy', 'voicemail'], done: false },
    { extension: '101' },
    { queue: '400' },
    { queue: '400', extension: '101' },
    { did: '2100000000' },
    { trunk: 'provider' },
    { durationFrom: 3, durationTo: 50 },
    { durationTo: 3 },
    { unassigned: true },
    { handledByMachine: false },
    { from: '2025-02-01T00:00:00Z', to: '2025-03-01T00:00:00Z' },
  ];
  for (const filter of filters) {
    const { next } = await readModel.list(filter, null, 20);
    assert.is.not(next, null);
    await readModel.list(filter, next, 20);
  }
  const { rows } = await pool.query(
    `select seq_scan, idx_scan > 0 as by_index from pg_stat_xact_user_tables where relname = 'crm_comms_log'`,
  );
  assert.equal(rows, [{ seq_scan: 0n, by_index: true }]);
  await pool.end();
});

test('the few that a machine handled are found without a look at the others', async () => {
  const { url, tables } = await open();
  await sql`insert into read_v1.crm_comms_log ${sql.raw(MANY_ENTRIES)}`.execute(tables());
  await sql`update read_v1.crm_comms_log set handled_by_machine = position < 30`.execute(tables());
  await sql`analyze read_v1.crm_comms_log`.execute(tables());
  const pool = createPool(url, { max: 1 });
  await pool.query('begin');
  const readModel = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  assert.is((await readModel.list({ handledByMachine: true }, null, 100)).items.length, 29);
  const { rows } = await pool.query(
    `select seq_scan, idx_tup_fetch < 1000 as reads_few from pg_stat_xact_user_tables where relname = 'crm_comms_log'`,
  );
  assert.equal(rows, [{ seq_scan: 0n, reads_few: true }]);
  await pool.end();
});

test('what lasted so long is found without a look at the others, also where few did', async () => {
  const { url, tables } = await open();
  await sql`insert into read_v1.crm_comms_log ${sql.raw(MANY_ENTRIES)}`.execute(tables());
  await sql`update read_v1.crm_comms_log set duration_seconds = 7200 where position < 30`.execute(tables());
  await sql`analyze read_v1.crm_comms_log`.execute(tables());
  const pool = createPool(url, { max: 1 });
  await pool.query('begin');
  const readModel = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  assert.is((await readModel.list({ durationFrom: 3600 }, null, 100)).items.length, 29);
  const { rows } = await pool.query(
    `select seq_scan, idx_tup_fetch < 1000 as reads_few from pg_stat_xact_user_tables where relname = 'crm_comms_log'`,
  );
  assert.equal(rows, [{ seq_scan: 0n, reads_few: true }]);
  await pool.end();
});

test('the names that entries have are told each once, without a look at all entries', async () => {
  const { url, tables } = await open();
  await sql`insert into read_v1.crm_comms_log ${sql.raw(MANY_ENTRIES)}`.execute(tables());
  const names = Array.from({ length: 501 }, (_, n) => `q${n}`);
  await tables()
    .insertInto('crm_comms_log')
    .values(entryRow({ queues: names, did: null, trunk: 'a' }))
    .execute();
  await sql`analyze read_v1.crm_comms_log`.execute(tables());
  const pool = createPool(url, { max: 1 });
  await pool.query('begin');
  const readModel = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  const { queues: some, cut, ...others } = await readModel.callPlaces();
  assert.equal(others, { dids: ['2100000000'], trunks: ['a', 'provider'], extensions: ['101', '102'] });
  assert.equal([some.length, cut], [500, ['queues']]);
  const { rows } = await pool.query(
    `select sum(seq_scan) as seq_scan, sum(seq_tup_read + idx_tup_fetch) < 2000 as reads_few
     from pg_stat_xact_user_tables where relname in ('crm_comms_log', 'entry_queue', 'entry_extension')`,
  );
  assert.equal(rows, [{ seq_scan: '0', reads_few: true }]);
  await pool.end();
});

test('an entry is given as it stands in the table, with its customer and the revision that If-Match needs', async () => {
  const { readModel, tables } = await open();
  await tables()
    .insertInto('customer')
    .values({ id: 'c1', name: 'Acme', revision: 0n, removed_at: null, registered_at: '2026-01-01T00:00:00Z' })
    .execute();
  const row = entryRow({ customer_id: 'c1', match: matchOf('assigned'), position: 2n ** 60n, annotation_revision: 4n });
  await tables().insertInto('crm_comms_log').values(row).execute();
  const found = await readModel.get(row.id);
  assert.is(found?.kind, 'found');
  if (found?.kind !== 'found') return;
  assert.equal(found.entry.customer, { id: 'c1', name: 'Acme' });
  assert.is(found.annotationRevision, 4n);
  const { group_id, annotation_revision, ...columns } = row;
  assert.equal(found.entry, {
    ...columns,
    match: JSON.parse(row.match),
    notes: [],
    segments: [],
    legs: [],
    why: {},
    position: '1152921504606846976',
    customer: { id: 'c1', name: 'Acme' },
    logged_by: null,
    course: null,
  });
  const [listed] = (await readModel.list({}, null, 1)).items;
  const { segments: _, legs: __, why: ___, notes: ____, course: _____, ...shown } = found.entry;
  assert.equal(listed, {
    ...shown,
    notes_count: 0,
    last_note: null,
    cut: [],
    phones: [...new Set([...shown.extensions, ...shown.rang])],
  });
});

test('an id that was merged says where its entry is now, an unknown one is none', async () => {
  const { readModel, tables } = await open();
  const [id, current_id] = [randomUUID(), randomUUID()];
  await tables().insertInto('call_alias').values({ id, current_id }).execute();
  assert.equal(await readModel.get(id), { kind: 'moved', currentId: current_id });
  assert.is(await readModel.get(randomUUID()), null);
});

test('a call in progress comes with the name of its customer', async () => {
  const { readModel, tables } = await open();
  await tables()
    .insertInto('customer')
    .values({ id: 'c1', name: 'Acme', revision: 0n, removed_at: null, registered_at: '2026-01-01T00:00:00Z' })
    .execute();
  const [known, unknown] = [randomUUID(), randomUUID()];
  const call = (id: string, customer_id: string | null) =>
    JSON.stringify({
      id,
      customer_id,
      state: 'ringing',
      match: JSON.parse(matchOf('unmatched')),
      extensions: [],
      rang: [],
    });
  await tables()
    .insertInto('current_call')
    .values([
      { id: unknown, group_id: 1n, pbx: 'pbx', occurred_at: '2026-11-20T10:00:01Z', call: call(unknown, null) },
      { id: known, group_id: 2n, pbx: 'pbx', occurred_at: '2026-11-20T10:00:00Z', call: call(known, 'c1') },
    ])
    .execute();
  assert.equal(
    (await readModel.current()).map(({ id, customer }) => ({ id, customer })),
    [
      { id: known, customer: { id: 'c1', name: 'Acme' } },
      { id: unknown, customer: null },
    ],
  );
});

const MANY_ENTRIES = `
  (id, pbx, ext_message_id, type, source, direction, outcome, customer_id, match, extensions, rang, queues, did, trunk,
   duration_seconds, occurred_at, body,
   notes, segments, legs, incomplete, why, derivation, position, annotation_revision)
  select gen_random_uuid(), 'pbx', n::text, 'call', 'pbx', 'inbound', case when n % 4 = 0 then 'missed' else 'answered' end,
    case when n % 2 = 0 then 'c' || n % 100 end, '{"status": "unmatched", "candidates": []}', array['101'], array['101', '102'],
    array['400'], '2100000000', 'provider', n % 100,
    timestamptz '2025-01-01' + n * interval '10 minutes', '', '[]', '[]', '[]', '{}', '{}', '', n, -1
  from generate_series(1, 20000) n`;

test.run();
