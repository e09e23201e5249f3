import type { Kysely } from 'kysely';
import { MANUAL_PBX } from '../../domain/acts/manualCall.ts';
import type { StreamRange, VersionTables } from '../tables/schema.ts';

/** A call, what shows that facts belong to it, and where they stand. */
export type GroupSources = {
  readonly pbx: string;
  readonly keys: ReadonlySet<string>;
  readonly streams: readonly StreamRange[];
};

/** Where to look for what an entry, or a call in progress, was made of. */
export type FoundSources = {
  readonly kind: 'found';
  readonly occurredAt: string | null;
  /** its id and those it had before */
  readonly ids: readonly string[];
  /** null: a call that was logged by hand */
  readonly group: GroupSources | null;
  /** uuids of calls that were logged by hand: of this one, or of those that were merged with it */
  readonly manual: readonly string[];
};

export type EntrySources = FoundSources | { readonly kind: 'moved'; readonly currentId: string };

export async function sourcesOf(tables: Kysely<VersionTables>, id: string): Promise<EntrySources | null> {
  const row = await rowOf(tables, id);
  if (row === undefined) {
    const alias = await tables.selectFrom('call_alias').select('current_id').where('id', '=', id).executeTakeFirst();
    return alias === undefined ? null : { kind: 'moved', currentId: alias.current_id };
  }
  const aliases = await tables
    .selectFrom('call_alias as alias')
    .leftJoin('manual_merge as merge', 'merge.manual_id', 'alias.id')
    .select(['alias.id', 'merge.manual'])
    .where('current_id', '=', id)
    .execute();
  const merged = aliases.map(({ manual }) => manual).filter((manual) => manual !== null);
  const { pbx, ext_message_id, occurred_at: occurredAt, keys, streams } = row;
  return {
    kind: 'found',
    occurredAt,
    ids: [...new Set([id, ...aliases.map((alias) => alias.id)])],
    group: keys === null || streams === null ? null : { pbx, keys: new Set(keys), streams },
    manual: pbx === MANUAL_PBX && ext_message_id !== null ? [ext_message_id] : [...new Set(merged)],
  };
}

/** The entry or the call in progress, with its group in one statement: a group can go into another one between two. */
async function rowOf(tables: Kysely<VersionTables>, id: string) {
  const entry = await tables
    .selectFrom('crm_comms_log as call')
    .leftJoin('call_group as group', 'group.id', 'call.group_id')
    .select(['call.pbx', 'call.ext_message_id', 'call.occurred_at', 'group.keys', 'group.streams'])
    .where('call.id', '=', id)
    .executeTakeFirst();
  if (entry !== undefined) return entry;
  const current = await tables
    .selectFrom('current_call as call')
    .innerJoin('call_group as group', 'group.id', 'call.group_id')
    .select(['call.pbx', 'call.occurred_at', 'group.keys', 'group.streams'])
    .where('call.id', '=', id)
    .executeTakeFirst();
  return current && { ...current, ext_message_id: null };
}
