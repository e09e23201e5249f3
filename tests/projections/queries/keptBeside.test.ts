import * as fc from 'fast-check';
import { type Selectable, sql } from 'kysely';
import * as assert from 'uvu/assert';
import { migrate } from '../../../src/projections/index.ts';
import { BESIDE } from '../../../src/projections/tables/forReaders.ts';
import type { VersionTables } from '../../../src/projections/tables/schema.ts';
import { letters, plain } from '../../../src/projections/tables/searchText.ts';
import { suite } from '../../support/suite.ts';
import { entryRow, matchOf, openedTables } from './tables.ts';

const test = suite('what PostgreSQL keeps beside the rows');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const open = openedTables(test);

type Row = Selectable<VersionTables['crm_comms_log']>;
type Tables = ReturnType<Awaited<ReturnType<typeof open>>['tables']>;

async function kept(tables: Tables): Promise<readonly string[]> {
  const parts = await tables.selectFrom('entry_extension').selectAll().execute();
  const waits = await tables.selectFrom('entry_queue').selectAll().execute();
  const counts = await tables.selectFrom('entry_count').selectAll().where('n', '<>', 0n).execute();
  const seconds = await tables.selectFrom('entry_seconds').selectAll().where('n', '<>', 0n).execute();
  const weeks = await tables.selectFrom('week_count').selectAll().where('n', '<>', 0n).execute();
  const missed = await tables.selectFrom('missed_count').selectAll().where('n', '<>', 0n).execute();
  const texts = await tables.selectFrom('entry_text').selectAll().execute();
  const names = await tables.selectFrom('customer_text').selectAll().execute();
  const numbers = await tables.selectFrom('number_count').selectAll().where('n', '<>', 0n).execute();
  const callers = await tables.selectFrom('call_back').selectAll().execute();
  return [
    ...callers.map(lineOf),
    ...numbers.map((one) => `numbers ${one.is_understood}: ${one.n}`),
    ...weeks.map((one) => `week ${one.month} ${one.quarter} ${one.outcome}: ${one.n}`),
    ...missed.map((one) => `missed ${one.span} ${one.begins} ${one.extension}: ${one.n}`),
    ...texts.map(
      (one) => `${one.id} ${one.occurred_at} ${one.customer_id} ${JSON.stringify(one.plain)} ${one.letters}`,
    ),
    ...names.map((one) => `${one.id} ${one.by_name} ${one.is_removed} ${JSON.stringify(one.plain)} ${one.letters}`),
    ...seconds.map((one) => `${one.day} ${one.direction} ${one.what} ${one.seconds}: ${one.n}`),
    ...parts.map(({ extension, occurred_at, id }) => `${extension} ${occurred_at} ${id}`),
    ...waits.map(({ queue, occurred_at, id }) => `queue ${queue} ${occurred_at} ${id}`),
    ...counts.map(
      ({ span, begins, direction, outcome, unassigned, to_call_back: open, handled_by_machine: machine, n }) =>
        `${span} ${begins} ${direction} ${outcome} ${unassigned} ${open} ${machine}: ${n}`,
    ),
  ].sort();
}

async function recounted(tables: Tables): Promise<readonly string[]> {
  const rows = await tables.selectFrom('crm_comms_log').selectAll().execute();
  const parts = rows.flatMap((row) =>
    [...new Set([...row.extensions, ...row.rang])].map((of) => `${of} ${row.occurred_at} ${row.id}`),
  );
  const waits = rows.flatMap((row) =>
    [...new Set(row.queues)].map((queue) => `queue ${queue} ${row.occurred_at} ${row.id}`),
  );
  const texts = rows.map((row) => {
    const number = `${row.external_number?.replace('+', '') ?? ''}\u001c`;
    const said = [
      `\u001f${row.external_number_raw ?? ''}\u001d`,
      row.external_name ?? '',
      ...row.notes.map(({ text }) => text),
    ];
    const text = plain(number + said.join('\u001f'));
    return `${row.id} ${row.occurred_at} ${row.customer_id} ${JSON.stringify(text)} ${letters(text)}`;
  });
  const customers = await tables.selectFrom('customer').selectAll().execute();
  const names = customers.map(({ id, name, removed_at }) => {
    const text = plain(`\u001f${name}`);
    return `${id} ${name.toLowerCase()} ${removed_at !== null} ${JSON.stringify(text)} ${letters(text)}`;
  });
  const counts = new Map<string, number>();
  const numbers = await tables.selectFrom('customer_number').selectAll().where('listed', '=', true).execute();
  for (const { e164 } of numbers) {
    const key = `numbers ${e164 !== null}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const row of rows) {
    const { direction, outcome, occurred_at: at, match } = row;
    const unassigned =
      row.customer_id === null && ['unmatched', 'ambiguous'].includes(match.status) && match.rule !== 'person';
    const open = direction === 'inbound' && outcome !== 'answered' && row.done_at === null;
    const quarter = new Date(Math.floor(Date.parse(at) / 900_000) * 900_000).toISOString().replace('Z', '000Z');
    const month = `${at.slice(0, 7)}-01T00:00:00.000000Z`;
    const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
    const day = `${at.slice(0, 10)}T00:00:00.000000Z`;
    for (const span of [`quarter ${quarter}`, `month ${month}`])
      add(`${span} ${direction} ${outcome} ${unassigned} ${open} ${row.handled_by_machine === true}`);
    const weekday = (new Date(at).getUTCDay() + 6) % 7;
    const quarters = weekday * 96 + Number(at.slice(11, 13)) * 4 + Math.floor(Number(at.slice(14, 16)) / 15);
    if (direction !== 'internal') add(`week ${month} ${quarters} ${outcome}`);
    for (const extension of direction === 'inbound' && outcome === 'missed' ? new Set(row.rang) : [])
      for (const span of [`day ${day}`, `month ${month}`]) add(`missed ${span} ${extension}`);
    if (outcome !== 'answered') continue;
    for (const [what, length] of [
      ['ring', row.ring_seconds],
      ['talk', row.duration_seconds],
    ]) {
      if (length !== null) add(`${day} ${direction} ${what} ${length}`);
    }
  }
  return [
    ...callersIn(rows).map(lineOf),
    ...parts,
    ...waits,
    ...texts,
    ...names,
    ...[...counts].map(([key, n]) => `${key}: ${n}`),
  ].sort();
}

type Line = VersionTables['call_back'];

function lineOf(one: Line): string {
  const { caller, tries, first_id, first_at, last_at, missed_id, missed_at, contact_id, contact_at, closed_at } = one;
  return `caller ${[caller, tries, first_id, first_at, last_at, missed_id, missed_at, contact_id, contact_at, closed_at].join(' ')}`;
}

/** Where each caller stands, by going through all rows. */
function callersIn(rows: readonly Row[]): readonly Line[] {
  const ordered = rows.toSorted((a, b) =>
    a.occurred_at === b.occurred_at ? (a.id < b.id ? -1 : 1) : a.occurred_at < b.occurred_at ? -1 : 1,
  );
  const caller = ({ customer_id, match, external_number, external_number_raw }: Row) => {
    if (customer_id !== null) return `customer ${customer_id}`;
    const number = external_number ?? (external_number_raw || null);
    return match.status === 'withheld' || number === null ? null : `number ${number}`;
  };
  const all = new Set(rows.map(caller).filter((one) => one !== null));
  return [...all].flatMap((one) => {
    const theirs = ordered.filter((row) => caller(row) === one);
    const contact = theirs.findLast(
      ({ outcome, source, direction }) => (outcome === 'answered' || source === 'manual') && direction !== 'internal',
    );
    const missed = theirs.filter(({ direction, outcome }) => direction === 'inbound' && outcome !== 'answered');
    const last = missed.at(-1);
    if (last === undefined) return [];
    const open = missed.filter(
      (row) => row.done_at === null && (contact === undefined || row.occurred_at > contact.occurred_at),
    );
    const isByContact = contact !== undefined && contact.occurred_at > last.occurred_at;
    return {
      caller: one,
      tries: open.length,
      first_id: open[0]?.id ?? null,
      first_at: open[0]?.occurred_at ?? null,
      last_at: open.at(-1)?.occurred_at ?? null,
      missed_id: last.id,
      missed_at: last.occurred_at,
      contact_id: contact?.id ?? null,
      contact_at: contact?.occurred_at ?? null,
      closed_at: open.length > 0 ? null : isByContact ? contact.occurred_at : last.done_at,
    };
  });
}

const partsArbitrary = fc.record({
  extensions: fc.subarray(['101', '102', '103']),
  rang: fc.array(fc.constantFrom('101', '102', '104'), { maxLength: 3 }),
  queues: fc.option(fc.array(fc.constantFrom('400', 'sales'), { maxLength: 3 })),
  occurred_at: fc.constantFrom(
    '2026-11-30T23:59:59.999999Z',
    '2026-12-01T00:00:00.000000Z',
    '2026-12-01T00:14:00.000000Z',
  ),
  direction: fc.constantFrom('inbound' as const, 'internal' as const),
  outcome: fc.constantFrom('answered' as const, 'missed' as const),
  customer_id: fc.option(fc.constant('c1')),
  source: fc.constantFrom('pbx' as const, 'manual' as const),
  match: fc.constantFrom(matchOf('unmatched'), matchOf('ambiguous', 'person'), matchOf('withheld')),
  done_at: fc.option(fc.constant('2026-12-02T00:00:00.000000Z')),
  handled_by_machine: fc.option(fc.boolean()),
  ring_seconds: fc.option(fc.nat({ max: 3 })),
  duration_seconds: fc.option(fc.nat({ max: 3 })),
  external_number: fc.option(fc.constant('+302101234567')),
  external_number_raw: fc.option(fc.constantFrom('2101234567', 'anonymous')),
  external_name: fc.option(fc.constantFrom('Ελένη Öz', '')),
  notes: fc
    .subarray(['Ρωτά για την Άννα', 'call back'])
    .map((texts) => JSON.stringify(texts.map((text) => ({ id: text, text, author: 'u', at: '2026-11-20T10:00:00Z' })))),
});
const customerArbitrary = fc.record({
  id: fc.constantFrom('c1', 'c2'),
  name: fc.constantFrom('anna', 'müller', 'ελένη'),
  revision: fc.constantFrom(0n, 1n),
  removed_at: fc.option(fc.constant('2026-12-02T00:00:00.000000Z')),
  registered_at: fc.constant('2026-01-01T00:00:00.000000Z'),
});
const numberArbitrary = fc.record({ e164: fc.option(fc.constant('+302101234567')), listed: fc.boolean() });
const stepArbitrary = fc.record({
  what: fc.constantFrom('insert', 'upsert', 'update', 'delete'),
  row: fc.nat({ max: 5 }),
  parts: partsArbitrary,
  customer: customerArbitrary,
  numbers: fc.array(numberArbitrary, { maxLength: 3 }),
});

type Numbers = readonly { readonly e164: string | null; readonly listed: boolean }[];

async function tell(tables: Tables, customer_id: string, what: string, numbers: Numbers): Promise<void> {
  const [first] = numbers;
  if (what === 'update' && first) {
    await tables.updateTable('customer_number').set(first).where('customer_id', '=', customer_id).execute();
    return;
  }
  await tables.deleteFrom('customer_number').where('customer_id', '=', customer_id).execute();
  if (what === 'delete' || numbers.length === 0) return;
  const at = '2026-01-01T00:00:00.000000Z';
  const none = { label: null, valid_from: null, valid_to: null, holds_to: null, number_key: null, import_id: null };
  const rows = numbers.map((one, ordinal) => {
    return { ...one, ...none, customer_id, ordinal, number: '210', recorded_at: at, holds_from: at };
  });
  await tables.insertInto('customer_number').values(rows).execute();
}

test(`says what a recount says, whatever was done to the rows (seed ${seed})`, async () => {
  const { tables } = await open();
  const ids = Array.from({ length: 6 }, () => entryRow().id);
  const property = fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 20 }), async (steps) => {
    for (const { what, row, parts, customer, numbers } of steps) {
      const id = ids[row] ?? '';
      if (what === 'delete') await tables().deleteFrom('customer').where('id', '=', customer.id).execute();
      else
        await tables()
          .insertInto('customer')
          .values(customer)
          .onConflict((on) => on.column('id').doUpdateSet(customer))
          .execute();
      await tell(tables(), customer.id, what, numbers);
      if (what === 'delete') await tables().deleteFrom('crm_comms_log').where('id', '=', id).execute();
      if (what === 'update')
        await tables().updateTable('crm_comms_log').set(parts).where('position', '>', -1n).execute();
      if (what === 'insert' || what === 'upsert') {
        const values = [entryRow({ id, ...parts }), entryRow(parts)];
        await tables()
          .insertInto('crm_comms_log')
          .values(values)
          .onConflict((on) => (what === 'insert' ? on.column('id').doNothing() : on.column('id').doUpdateSet(parts)))
          .execute();
      }
      assert.equal(await kept(tables()), await recounted(tables()));
    }
  });
  await fc.assert(property, { seed, numRuns: 10 });
});

test('is there also in a version that an older program has built', async () => {
  const { tables, control, readModel } = await open();
  for (const table of Object.keys(BESIDE)) {
    await sql`drop table ${sql.id('read_v1', table)}`.execute(control);
    await sql`drop function ${sql.id('read_v1', `keep_${table}`)} cascade`.execute(control);
  }
  await sql`drop index read_v1.crm_comms_log_newest`.execute(control);
  await control.updateTable('read_model_version').set({ state: 'active' }).execute();
  const before = entryRow({ extensions: ['101'], rang: ['102'], queues: ['400'] });
  await tables().insertInto('crm_comms_log').values(before).execute();
  await migrate(control.withoutPlugins());
  const after = entryRow({ extensions: ['101'], rang: [] });
  await tables().insertInto('crm_comms_log').values(after).execute();
  const of = async (extension: string) =>
    (await readModel.list({ extension }, null, 10)).items.map(({ id }) => id).sort();
  assert.equal([await of('101'), await of('102')], [[before.id, after.id].sort(), [before.id]]);
  const waited = await readModel.list({ queue: '400' }, null, 10);
  assert.equal(
    waited.items.map(({ id }) => id),
    [before.id],
  );
  assert.is((await readModel.counts({})).total, 2);
  const { rows } =
    await sql`select from pg_indexes where indexname in ('crm_comms_log_newest', 'entry_text_part')`.execute(control);
  assert.is(rows.length, 2);
});

test.run();
