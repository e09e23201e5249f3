import { evolveCustomer, type HeldNumber, type RegisteredCustomer } from '../../domain/customers.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import type { OwnedNumber } from '../../domain/matching.ts';
import { lookupKey } from '../../domain/phone/index.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';

type CustomerRow = VersionTables['customer'];
type NumberRow = VersionTables['customer_number'];

/**
 * Takes events of `customer-` streams in. `country` is how national numbers are read. The lookup keys of all numbers that
 * the touched customers held before or hold now: calls with these may belong to somebody else now.
 */
export async function evolveCustomers(
  sql: Sql,
  events: readonly { readonly id: string; readonly event: RecordedEvent }[],
  country: string | null,
): Promise<readonly string[]> {
  if (events.length === 0) return [];
  const customers = await loadCustomers(sql, [...new Set(events.map(({ id }) => id))]);
  const keys = new Set([...customers.values()].flatMap(keysOfCustomer));
  for (const { id, event } of events) {
    const customer = evolveCustomer(id, customers.get(id) ?? null, event, country);
    if (customer) customers.set(id, customer);
  }
  const changed = [...customers.values()];
  for (const key of changed.flatMap(keysOfCustomer)) keys.add(key);
  await writeCustomers(sql, changed);
  return [...keys];
}

/** Takes a customer out of the tables, to be folded anew. The lookup keys of the numbers that it held. */
export async function forgetCustomer(sql: Sql, id: string): Promise<readonly string[]> {
  await sql('delete from customer where id = $1', [id]);
  const numbers = await sql<{ number_key: string | null }>(
    'delete from customer_number where customer_id = $1 returning number_key',
    [id],
  );
  return numbers.map(({ number_key }) => number_key).filter((key) => key !== null);
}

/** Who holds or held numbers with these lookup keys, by key. */
export async function ownersOf(
  sql: Sql,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly OwnedNumber[]>> {
  const owners = new Map<string, OwnedNumber[]>();
  if (keys.length === 0) return owners;
  const rows = await sql<NumberRow & { number_key: string }>(
    'select * from customer_number where number_key = any($1)',
    [keys],
  );
  for (const row of rows) {
    const owned = { ...heldNumberOf(row), customerId: row.customer_id };
    owners.set(row.number_key, [...(owners.get(row.number_key) ?? []), owned]);
  }
  return owners;
}

async function loadCustomers(sql: Sql, ids: readonly string[]): Promise<Map<string, RegisteredCustomer>> {
  const rows = await sql<CustomerRow & { registered_at: string }>('select * from customer where id = any($1)', [ids]);
  const numbers = await sql<NumberRow>(
    'select * from customer_number where customer_id = any($1) order by customer_id, ordinal',
    [rows.map(({ id }) => id)],
  );
  const held = new Map(rows.map(({ id }): [string, HeldNumber[]] => [id, []]));
  for (const row of numbers) held.get(row.customer_id)?.push(heldNumberOf(row));
  return new Map(
    rows.map(({ id, name, revision, registered_at, removed_at }) => [
      id,
      {
        id,
        name,
        revision,
        registeredAt: microsOf(registered_at),
        removedAt: microsOrNull(removed_at),
        numbers: held.get(id) ?? [],
      },
    ]),
  );
}

async function writeCustomers(sql: Sql, customers: readonly RegisteredCustomer[]): Promise<void> {
  await sql(
    `insert into customer select * from json_populate_recordset(null::customer, $1)
     on conflict (id) do update set
       name = excluded.name, revision = excluded.revision, removed_at = excluded.removed_at`,
    [jsonRows(customers.map(rowOf))],
  );
  await sql('delete from customer_number where customer_id = any($1)', [customers.map(({ id }) => id)]);
  await sql('insert into customer_number select * from json_populate_recordset(null::customer_number, $1)', [
    jsonRows(customers.flatMap(({ id, numbers }) => numbers.map((number, at) => numberRowOf(id, number, at)))),
  ]);
}

function keysOfCustomer({ numbers }: RegisteredCustomer): string[] {
  return numbers.map(({ number, e164 }) => lookupKey(number, e164)).filter((key) => key !== null);
}

function rowOf({ id, name, revision, registeredAt, removedAt }: RegisteredCustomer): CustomerRow {
  return { id, name, revision, removed_at: columnOf(removedAt), registered_at: toRfc3339(registeredAt) };
}

function numberRowOf(customerId: string, held: HeldNumber, ordinal: number): NumberRow {
  return {
    customer_id: customerId,
    ordinal,
    number: held.number,
    e164: held.e164,
    label: held.label,
    valid_from: columnOf(held.validFrom),
    valid_to: columnOf(held.validTo),
    recorded_at: toRfc3339(held.recordedAt),
    holds_from: toRfc3339(held.holdsFrom),
    holds_to: columnOf(held.holdsTo),
    listed: held.listed,
    number_key: lookupKey(held.number, held.e164),
    import_id: held.importId,
  };
}

function heldNumberOf(row: NumberRow): HeldNumber {
  return {
    number: row.number,
    e164: row.e164,
    label: row.label,
    validFrom: microsOrNull(row.valid_from),
    validTo: microsOrNull(row.valid_to),
    recordedAt: microsOf(row.recorded_at),
    importId: row.import_id,
    holdsFrom: microsOf(row.holds_from),
    holdsTo: microsOrNull(row.holds_to),
    listed: row.listed,
  };
}
