import type { Kysely } from 'kysely';
import type { StreamRange, VersionTables } from '../tables/schema.ts';

const MAX_PARAMETERS = 10_000;

/** Facts that were folded together, where they stand, and which entries of them are meant. */
export type TracedGroup = {
  readonly pbx: string;
  readonly keys: readonly string[];
  readonly streams: readonly StreamRange[];
  readonly wanted: readonly string[];
  /** all entries of it */
  readonly entries: readonly { readonly id: string; readonly customerId: string | null }[];
  /** ids of its calls in progress */
  readonly current: readonly string[];
};

type Found = { readonly id: string; readonly group_id: bigint | null };

/** The groups of these entries. */
export async function groupsOf(tables: Kysely<VersionTables>, rows: readonly Found[]): Promise<readonly TracedGroup[]> {
  const ids = [...new Set(rows.map((row) => row.group_id).filter((id) => id !== null))];
  const groups = await inPortions(ids, (some) =>
    tables.selectFrom('call_group').select(['id', 'pbx', 'keys', 'streams']).where('id', 'in', some).execute(),
  );
  const entries = await inPortions(ids, (some) =>
    tables
      .selectFrom('crm_comms_log')
      .select(['id', 'group_id', 'customer_id as customerId'])
      .where('group_id', 'in', some)
      .execute(),
  );
  const current = await inPortions(ids, (some) =>
    tables.selectFrom('current_call').select(['id', 'group_id']).where('group_id', 'in', some).execute(),
  );
  return groups.map(({ id, pbx, keys, streams }) => ({
    pbx,
    keys,
    streams,
    wanted: rows.filter((row) => row.group_id === id).map((row) => row.id),
    entries: entries
      .filter((entry) => entry.group_id === id)
      .map((entry) => ({ id: entry.id, customerId: entry.customerId })),
    current: current.filter((call) => call.group_id === id).map((call) => call.id),
  }));
}

/** PostgreSQL takes a bounded number of parameters. */
export async function inPortions<T, Found>(
  all: readonly T[],
  find: (some: readonly T[]) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < all.length; at += MAX_PARAMETERS)
    found.push(...(await find(all.slice(at, at + MAX_PARAMETERS))));
  return found;
}
