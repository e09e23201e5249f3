import { derivationOf } from '../../domain/derivation.ts';
import type { Match, Reason } from '../../domain/entry.ts';
import { matchEntry } from '../../domain/matching.ts';
import { lookupKey } from '../../domain/phone/index.ts';
import { type RulesOf, whose } from '../people/whose.ts';
import type { VersionTables } from '../tables/schema.ts';
import { jsonRows } from '../tables/transaction.ts';
import { columnsOf, tableOf } from './copyTables.ts';
import { type ReadAnew, readingAnew } from './readAnew.ts';
import type { Within } from './within.ts';

/** Entries that are matched at once. */
const PAGE = 2_000;

/** What of an entry is asked, in the order in which they stand on the disk. */
const ASKED = `
  select entry.id, entry.pbx, entry.source, entry.did, entry.occurred_at, entry.customer_id, entry.match,
    entry.external_number, entry.external_number_raw, entry.outside::text as outside, entry.external_number_why`;

type Row = Pick<
  VersionTables['crm_comms_log'],
  'id' | 'pbx' | 'source' | 'did' | 'occurred_at' | 'customer_id' | 'external_number' | 'external_number_raw'
> & { readonly match: Match; readonly outside: string | null; readonly external_number_why: Reason | null };

/** What of a row is other by other rules. */
type Anew = Pick<
  Row,
  'id' | 'external_number' | 'external_number_raw' | 'external_number_why' | 'customer_id' | 'match'
> & {
  readonly number_key: string | null;
};
const ANEW = [
  'external_number',
  'external_number_raw',
  'external_number_why',
  'number_key',
  'customer_id',
  'match',
  'derivation',
] as const;

/** Copies the entries with their numbers read and matched anew. `onProgress` is told how many of how many are done. */
export async function copyCalls(
  within: Within,
  rulesOf: RulesOf,
  onProgress: (entries: number, of: number) => Promise<void>,
): Promise<void> {
  const { sql, source, version, signal } = within;
  const read = readingAnew(version.rules);
  const insert = insertFrom(tableOf(source, 'crm_comms_log'));
  const [counted] = await sql<{ n: bigint }>(`select count(*) as n from ${tableOf(source, 'crm_comms_log')}`);
  await sql(`declare entries no scroll cursor for ${ASKED} from ${tableOf(source, 'crm_comms_log')} as entry`);
  for (let done = 0; ; ) {
    signal.throwIfAborted();
    const rows = await sql<Row>(`fetch ${PAGE} from entries`);
    if (rows.length === 0) break;
    const anew = await matchedAnew(within, rows, { rulesOf, read });
    await sql(insert, [jsonRows(anew), derivationOf(version.rules)]);
    done += rows.length;
    await onProgress(done, Number(counted?.n ?? 0n));
  }
  await sql('close entries');
}

async function matchedAnew(
  { sql }: Within,
  rows: readonly Row[],
  { rulesOf, read }: { readonly rulesOf: RulesOf; readonly read: ReadAnew },
): Promise<readonly Anew[]> {
  const told = rows.filter(({ source }) => source !== 'manual');
  const aliases = await aliasesOf(
    sql,
    told.map(({ id }) => id),
  );
  const asked = told.map((row) => {
    const { reason, ...number } = read(row.pbx, row.outside);
    const number_key = lookupKey(number.external_number_raw, number.external_number);
    return { ...row, ...number, external_number_why: reason, number_key, aliases: aliases.get(row.id) ?? [] };
  });
  const whoseIs = await whose(sql, rulesOf, asked);
  const manual = rows.filter(({ source }) => source === 'manual');
  return [
    ...asked.map((row) => ({ ...row, ...onlyMatched(whoseIs(row)) })),
    ...manual.map((row) => ({ ...row, ...manualMatch(row, rulesOf), number_key: null })),
  ].map(({ id, external_number, external_number_raw, external_number_why, number_key, customer_id, match }) => ({
    id,
    external_number,
    external_number_raw,
    external_number_why,
    number_key,
    customer_id,
    match,
  }));
}

function onlyMatched({ customer_id, match }: Pick<Row, 'customer_id' | 'match'>) {
  return { customer_id, match };
}

/** Of a call that was logged by hand: what its person said of its customer stands, and nobody is looked up. */
function manualMatch(row: Row, rulesOf: RulesOf): Pick<Row, 'customer_id' | 'match'> {
  if (row.match.rule === 'person') return onlyMatched(row);
  return matchEntry(row, [], { assignment: null, rules: rulesOf(row.pbx) });
}

async function aliasesOf(sql: Within['sql'], ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql<{ id: string; aliases: string[] }>(
    'select current_id as id, array_agg(id::text) as aliases from call_alias where current_id = any($1) group by 1',
    [ids],
  );
  return new Map(rows.map(({ id, aliases }) => [id, aliases]));
}

function insertFrom(entries: string): string {
  const columns = columnsOf('crm_comms_log');
  const anew = new Set<string>(ANEW.map((column) => `"${column}"`));
  const values = columns.map((column) => (anew.has(column) ? `now.${column}` : `entry.${column}`));
  return `
    insert into crm_comms_log (${columns.join(', ')})
    select ${values.join(', ')}
    from (select anew.*, $2::text as derivation from json_to_recordset($1) as anew (
            id uuid, external_number text, external_number_raw text, external_number_why json, number_key text,
            customer_id text, match json)) as now
    join ${entries} as entry using (id)`;
}
