import { type Kysely, sql } from 'kysely';
import type { Segment } from '../../domain/entry.ts';
import { lookupKey, readNumber } from '../../domain/phone/index.ts';
import { type Rules, rulesFor } from '../../domain/rules.ts';
import type { VersionTables } from '../tables/schema.ts';
import { groupsOf, inPortions, type TracedGroup } from './tracedGroups.ts';

type Tables = Kysely<VersionTables>;

/** Whom or what somebody looks for; a national number is read by each version's rules. */
export type Subject =
  | { readonly kind: 'customer'; readonly id: string }
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'call'; readonly id: string };

/** `e164` null: the number is not valid, and is looked for as it was written. */
type Sought =
  | Exclude<Subject, { readonly kind: 'number' }>
  | { readonly kind: 'number'; readonly e164: string | null; readonly raw: string };

export type TracedEntry = {
  readonly id: string;
  readonly customerId: string | null;
  /** as the PBX told it */
  readonly number: string | null;
  /** of who called; of who was called the PBX tells our own */
  readonly name: string | null;
};

/** Where a version shows the subject. */
export type Trace = {
  readonly entries: readonly TracedEntry[];
  readonly groups: readonly TracedGroup[];
  /** former ids of the entries */
  readonly aliases: readonly string[];
  /** uuids of calls logged by hand: entries, and those that were merged with one */
  readonly manual: readonly string[];
  /** calls that are not over yet */
  readonly inProgress: number;
  /** of a customer: what it is called, and the numbers that it holds or held */
  readonly name: string | null;
  readonly numbers: readonly string[];
  /** of a customer: calls that could be its own as well as another's */
  readonly ambiguous: number;
  /** of a number: who holds or held it */
  readonly holders: readonly string[];
};

export async function traceOf(tables: Tables, asked: Subject, rules: Rules): Promise<Trace> {
  const subject = soughtBy(asked, rules);
  const rows = await entriesOf(tables, subject, rules);
  const ids = rows.map(({ id }) => id);
  const aliases = await inPortions(ids, (some) =>
    tables
      .selectFrom('call_alias as alias')
      .leftJoin('manual_merge as merge', 'merge.manual_id', 'alias.id')
      .select(['alias.id', 'merge.manual'])
      .where('current_id', 'in', some)
      .execute(),
  );
  const byHand = rows.filter(({ source }) => source === 'manual').map((row) => row.ext_message_id);
  return {
    entries: rows.map((row) => ({
      id: row.id,
      customerId: row.customer_id,
      number: row.external_number_raw,
      name: row.direction === 'inbound' ? row.external_name : null,
    })),
    groups: await groupsOf(tables, rows),
    aliases: aliases.map(({ id }) => id),
    manual: [...byHand, ...aliases.map(({ manual }) => manual).filter((manual) => manual !== null)],
    inProgress: await inProgress(tables, subject),
    ...(await customerOf(tables, subject)),
    holders: await holdersOf(tables, subject),
  };
}

function soughtBy(subject: Subject, { country }: Rules): Sought {
  if (subject.kind !== 'number') return subject;
  return { kind: 'number', e164: readNumber(subject.number, 'customer', { country }).e164, raw: subject.number };
}

function entries(tables: Tables) {
  return tables
    .selectFrom('crm_comms_log')
    .select(['id', 'source', 'ext_message_id', 'group_id', 'customer_id'])
    .select(['external_number', 'external_number_raw', 'external_name', 'direction', 'segments', 'pbx']);
}

type Row = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number];

async function entriesOf(tables: Tables, subject: Sought, rules: Rules): Promise<readonly Row[]> {
  switch (subject.kind) {
    case 'customer':
      return entries(tables).where('customer_id', '=', subject.id).execute();
    case 'call':
      return entries(tables)
        .where((eb) => eb.or([eb('id', '=', subject.id), eb('id', 'in', idNow(tables, subject.id))]))
        .execute();
    case 'number': {
      const key = lookupKey(subject.raw, subject.e164);
      const found = await entries(tables)
        .where((eb) =>
          eb.or([
            eb('number_key', '=', key),
            eb('external_number_raw', '=', subject.raw),
            // to whom a call was forwarded
            sql<boolean>`segments::text like '%"external:%'`,
          ]),
        )
        .execute();
      return found.filter((row) => hasNumber(row, subject, rulesFor(rules, row.pbx).country));
    }
  }
}

/** Of a former id. */
function idNow(tables: Tables, id: string) {
  return tables.selectFrom('call_alias').select('current_id').where('id', '=', id);
}

function hasNumber(
  row: {
    readonly external_number: string | null;
    readonly external_number_raw: string | null;
    readonly segments: Segment[];
  },
  { e164, raw }: Extract<Sought, { kind: 'number' }>,
  country: string | null,
): boolean {
  const isIt = (number: string | null) =>
    number !== null && (number === raw || (e164 !== null && readNumber(number, 'trunk', { country }).e164 === e164));
  if (e164 !== null && row.external_number === e164) return true;
  if (isIt(row.external_number_raw)) return true;
  return row.segments.some(({ party }) => party.startsWith('external:') && isIt(party.slice('external:'.length)));
}

async function inProgress(tables: Tables, subject: Sought): Promise<number> {
  const { count } = await tables
    .selectFrom('current_call')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where((eb) => {
      switch (subject.kind) {
        case 'customer':
          return sql<boolean>`call ->> 'customer_id' = ${subject.id}`;
        case 'number':
          return sql<boolean>`(number_key = ${lookupKey(subject.raw, subject.e164)}
            or call ->> 'external_number_raw' = ${subject.raw})`;
        case 'call':
          return eb.or([eb('id', '=', subject.id), eb('id', 'in', idNow(tables, subject.id))]);
      }
    })
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function customerOf(tables: Tables, subject: Sought): Promise<Pick<Trace, 'name' | 'numbers' | 'ambiguous'>> {
  if (subject.kind !== 'customer') return { name: null, numbers: [], ambiguous: 0 };
  const { id } = subject;
  const customer = await tables.selectFrom('customer').select('name').where('id', '=', id).executeTakeFirst();
  const numbers = await tables
    .selectFrom('customer_number')
    .select('number')
    .distinct()
    .where('customer_id', '=', id)
    .execute();
  const { count } = await tables
    .selectFrom('crm_comms_log')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('customer_id', 'is', null)
    .where(sql<boolean>`exists (select from json_array_elements(match -> 'candidates') as one
                                where one ->> 'customer_id' = ${id} and one ->> 'rule' <> 'national_suffix')`)
    .executeTakeFirstOrThrow();
  return { name: customer?.name ?? null, numbers: numbers.map(({ number }) => number), ambiguous: Number(count) };
}

async function holdersOf(tables: Tables, subject: Sought): Promise<readonly string[]> {
  if (subject.kind !== 'number') return [];
  const rows = await tables
    .selectFrom('customer_number')
    .select('customer_id')
    .distinct()
    .where((eb) => eb.or([eb('e164', '=', subject.e164), eb('number', '=', subject.raw)]))
    .orderBy('customer_id')
    .execute();
  return rows.map((row) => row.customer_id);
}
