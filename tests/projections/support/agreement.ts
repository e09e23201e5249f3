import { inspect, isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import * as assert from 'uvu/assert';
import { toRfc3339 } from '../../../src/domain/time.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import type { ReadModelVersion } from '../../../src/projections/index.ts';
import { refold, type ToldEntry } from './refold.ts';

type Model = { readonly pool: pg.Pool; readonly log: EventStore; readonly version: ReadModelVersion };

/** Everything in the version's tables equals the fold of the log without the parked events, up to the checkpoint. */
export async function assertAgreesWithLog({ pool, log, version }: Model): Promise<void> {
  const tables = await storedTables(pool, version.schema);
  const told = await refold(log, version.rules, { upTo: tables.position, parked: tables.parked });
  assertNone(differences(tables.entries, told.entries), 'rows of crm_comms_log');
  assertNone(differences(tables.current, told.current), 'calls in progress');
  assert.equal(
    tables.aliases,
    [...told.aliases].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    'aliases',
  );
  const customers = [...told.customers.values()].map(({ id, name, revision, removedAt, numbers }) => ({
    id,
    name,
    revision,
    removed_at: removedAt === null ? null : toRfc3339(removedAt),
    numbers: numbers.map((number) => [
      number.number,
      number.e164,
      toRfc3339(number.holdsFrom),
      number.holdsTo === null ? null : toRfc3339(number.holdsTo),
      number.listed,
      number.importId,
    ]),
  }));
  assert.equal(tables.customers, customers.toSorted(byId), 'customers');
  assert.equal(
    tables.seqs,
    Array.from({ length: tables.seqs.length }, (_, at) => BigInt(at + 1)),
    'changes without gaps',
  );
}

function assertNone(differing: readonly unknown[], what: string): void {
  assert.is(differing.length, 0, `${what} differ from the fold of the log: ${inspect(differing, { depth: 8 })}`);
}

/** The columns in which rows differ, as `id.column`, what is stored and what was told. */
function differences(stored: readonly ToldEntry[], told: readonly ToldEntry[]): unknown[] {
  const ids = [...new Set([...stored, ...told].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [one, other] = [stored, told].map((rows) => rows.find((row) => row.id === id));
    const columns = new Set([one, other].flatMap((row) => Object.keys(row ?? {})));
    return [...columns]
      .filter((column) => !isDeepStrictEqual(one?.[column], other?.[column]))
      .map((column) => [`${id}.${column}`, one?.[column], other?.[column]]);
  });
}

/** What readers can see of a version; ids of groups and numbers of changes are its own affair. */
export async function storedTables(pool: pg.Pool, schema: string) {
  const rows = async (text: string) => (await pool.query(text.replaceAll('$schema', schema))).rows;
  const [checkpoint] = await rows('select position, seq from $schema.checkpoint');
  const entries: ToldEntry[] = await rows('select * from $schema.crm_comms_log order by id');
  const current = await rows('select call from $schema.current_call order by id');
  const aliases = await rows('select id, current_id from $schema.call_alias order by id');
  const customers = await rows('select id, name, revision, removed_at from $schema.customer order by id collate "C"');
  const numbers = await rows('select * from $schema.customer_number order by customer_id, ordinal');
  const parked = await rows('select position, stream from $schema.parked');
  const changes = await rows('select seq from $schema.changes order by seq');
  return {
    position: checkpoint.position,
    entries: entries.map(
      ({ group_id, number_key, external_number_why: number, ...entry }): ToldEntry =>
        number === null ? entry : { ...entry, why: Object.assign({ external_number: number }, entry.why) },
    ),
    current: current.map(({ call }): ToldEntry => call),
    aliases: aliases.map(({ id, current_id }) => [id, current_id]),
    customers: customers.map((customer) => ({
      ...customer,
      numbers: numbers
        .filter(({ customer_id }) => customer_id === customer.id)
        .map(({ number, e164, holds_from, holds_to, listed, import_id }) => [
          number,
          e164,
          holds_from,
          holds_to,
          listed,
          import_id,
        ]),
    })),
    parked: new Map<bigint, string>(parked.map(({ position, stream }) => [position, stream])),
    seqs: changes.map(({ seq }) => seq),
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
