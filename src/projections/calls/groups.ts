import type { Fact } from '../../domain/facts/fact.ts';
import type { Micros } from '../../domain/time.ts';
import { batchOf, type PlacedFact } from '../tables/batch.ts';
import type { LogAtHand, StreamPart } from '../tables/logAtHand.ts';
import { withoutParked } from '../tables/parked.ts';
import type { StreamRange, VersionTables } from '../tables/schema.ts';
import { columnOf, microsOrNull } from '../tables/times.ts';
import { jsonRows, type Sql } from '../tables/transaction.ts';
import { CallGroup, type RevisionRange } from './callGroup.ts';
import { moveToTheirGroups } from './foldsWaiting.ts';

/** Facts kept in memory, of the groups that were touched last; what is not kept is read again when it is touched. */
const MAX_CACHED_FACTS = 50_000;

/** One transaction, and what is at hand of the log in it. */
type Within = { readonly sql: Sql; readonly log: LogAtHand };

/** Which groups: of a PBX, with a fact behind a position or an open channel. */
type Since = { readonly pbx: string; readonly since: bigint };

/** Of what an older program has written it is not known when its first fact was read. */
const LONG_AGO = 0 as Micros;

/** Which facts are one call: the groups of a version, those touched lately in memory with their facts. */
export class Groups {
  readonly #cachedFacts: number;
  /** the longest untouched first */
  readonly #groups = new Map<bigint, CallGroup>();
  /** by PBX and key */
  readonly #byKey = new Map<string, Map<string, CallGroup>>();

  constructor(cachedFacts = MAX_CACHED_FACTS) {
    this.#cachedFacts = cachedFacts;
  }

  /** Brings the groups into memory that the facts belong to; those that were not there. */
  async loadFor(within: Within, facts: readonly PlacedFact[]): Promise<readonly CallGroup[]> {
    return this.#load(within, await this.#idsOf(within.sql, facts));
  }

  /** Those with these ids that there are. */
  withIds(within: Within, ids: readonly bigint[]): Promise<readonly CallGroup[]> {
    return this.#load(within, ids);
  }

  /**
   * Brings the facts to their groups, which are in memory; groups that a fact shows to be one are joined. Those that have to
   * be folded: every group that was touched, also before.
   */
  add(facts: readonly PlacedFact[], before: readonly CallGroup[]): readonly CallGroup[] {
    const touched = new Set(before);
    for (const placed of facts) {
      const group = this.#groupOf(placed, touched);
      group.add(placed);
      this.#remember(group, placed.keys);
      touched.add(group);
    }
    for (const group of touched) this.#touch(group);
    return [...touched];
  }

  /** The group of a key, if there is one. */
  ofKey(within: Within, pbx: string, key: string): Promise<readonly CallGroup[]> {
    return this.#select(within, 'select group_id as id from call_member where pbx = $1 and key = $2', [pbx, key]);
  }

  /** Sees to it that the facts of all of these are at hand before the first page of them is asked for. */
  async ask({ sql, log }: Within, { pbx, since }: Since): Promise<void> {
    const rows = await sql<GroupRow>('select * from call_group where pbx = $1 and (position > $2 or open)', [
      pbx,
      since,
    ]);
    log.parts(rows.map(groupOf).flatMap(partsOf));
  }

  /** In pages, by id: those after `after`, with their facts. */
  async since(
    within: Within,
    { pbx, since, after }: Since & { readonly after: bigint },
    limit: number,
  ): Promise<readonly CallGroup[]> {
    const groups = await this.#select(
      within,
      'select id from call_group where pbx = $1 and (position > $2 or open) and id > $3 order by id limit $4',
      [pbx, since, after, limit],
    );
    await bringFacts(within, groups);
    return groups;
  }

  /** Those that began last, with their facts. */
  async newest(within: Within, limit: number): Promise<readonly CallGroup[]> {
    const groups = await this.#select(within, 'select id from call_group order by id desc limit $1', [limit]);
    await bringFacts(within, groups);
    return groups;
  }

  async write(sql: Sql, groups: readonly CallGroup[]): Promise<void> {
    if (groups.length === 0) return;
    const absorbed = groups.flatMap((group) => group.absorbed);
    if (absorbed.length > 0) {
      await moveToTheirGroups(sql, groups);
      await sql('delete from call_group where id = any($1)', [absorbed]);
    }
    await sql(
      `insert into call_group select * from json_populate_recordset(null::call_group, $1)
       on conflict (id) do update set
         keys = excluded.keys, streams = excluded.streams, open = excluded.open, position = excluded.position,
         heard_until = excluded.heard_until, heard_from = excluded.heard_from`,
      [jsonRows(groups.map(rowOf))],
    );
    const members = groups.flatMap(({ id, pbx, newKeys }) => [...newKeys].map((key) => ({ pbx, key, group_id: id })));
    if (members.length > 0) {
      await sql(
        `insert into call_member select * from json_populate_recordset(null::call_member, $1)
         on conflict (pbx, key) do update set group_id = excluded.group_id`,
        [jsonRows(members)],
      );
    }
    for (const group of groups) group.written();
  }

  /** Forgets the groups that were touched longest ago. Between transactions only. */
  trim(): void {
    let kept = 0;
    for (const group of [...this.#groups.values()].reverse()) {
      kept += group.hasFacts ? group.facts.length : group.keys.size;
      if (kept > this.#cachedFacts) this.#forget(group);
    }
  }

  #groupOf(placed: PlacedFact, touched: Set<CallGroup>): CallGroup {
    const { pbx } = placed.fact;
    const byKey = this.#byKey.get(pbx);
    const found: CallGroup[] = [];
    for (const key of placed.keys) {
      const group = byKey?.get(key);
      if (group && !found.includes(group)) found.push(group);
    }
    const [oldest] = found.sort((a, b) => (a.id < b.id ? -1 : 1));
    // its id follows from the facts alone, in whatever portions they were projected, and were they parked for a while
    const group = oldest && oldest.id <= placed.position ? oldest : new CallGroup(placed.position, pbx);
    for (const other of found) {
      if (other === group) continue;
      group.absorb(other);
      touched.delete(other);
      this.#groups.delete(other.id);
      this.#remember(group, other.keys);
    }
    return group;
  }

  #remember(group: CallGroup, keys: Iterable<string>): void {
    const byKey = this.#byKey.get(group.pbx) ?? new Map<string, CallGroup>();
    for (const key of keys) byKey.set(key, group);
    this.#byKey.set(group.pbx, byKey);
  }

  #touch(group: CallGroup): void {
    this.#groups.delete(group.id);
    this.#groups.set(group.id, group);
  }

  #forget(group: CallGroup): void {
    this.#groups.delete(group.id);
    const byKey = this.#byKey.get(group.pbx);
    for (const key of group.keys) byKey?.delete(key);
    if (byKey?.size === 0) this.#byKey.delete(group.pbx);
  }

  /** The stored groups of facts whose keys are not all in memory. */
  async #idsOf(sql: Sql, facts: readonly PlacedFact[]): Promise<bigint[]> {
    const unknown = new Map<string, Set<string>>();
    for (const { fact, keys } of facts) {
      const known = this.#byKey.get(fact.pbx);
      const missing = unknown.get(fact.pbx) ?? new Set();
      for (const key of keys) if (!known?.has(key)) missing.add(key);
      unknown.set(fact.pbx, missing);
    }
    const wanted = [...unknown].flatMap(([pbx, keys]) => [...keys].map((key) => ({ pbx, key })));
    if (wanted.length === 0) return [];
    const rows = await sql<{ group_id: bigint }>(
      `select distinct group_id from call_member
       join unnest($1::text[], $2::text[]) as wanted (pbx, key) using (pbx, key)`,
      [wanted.map(({ pbx }) => pbx), wanted.map(({ key }) => key)],
    );
    return rows.map((row) => row.group_id);
  }

  async #select(within: Within, text: string, values: readonly unknown[]): Promise<readonly CallGroup[]> {
    const rows = await within.sql<{ id: bigint }>(text, values);
    return this.#load(
      within,
      rows.map(({ id }) => id),
    );
  }

  async #load({ sql }: Within, ids: readonly bigint[]): Promise<readonly CallGroup[]> {
    const missing = ids.filter((id) => !this.#groups.has(id));
    const rows =
      missing.length === 0 ? [] : await sql<GroupRow>('select * from call_group where id = any($1)', [missing]);
    for (const group of rows.map(groupOf)) {
      this.#touch(group);
      this.#remember(group, group.keys);
    }
    return ids.map((id) => this.#groups.get(id)).filter((group) => group !== undefined);
  }
}

/** Gives the groups their facts that have none at hand, up to where they stand, without those that are parked. */
export async function bringFacts({ sql, log }: Within, groups: readonly CallGroup[]): Promise<void> {
  const without = groups.filter(({ hasFacts }) => !hasFacts);
  if (without.length === 0) return;
  const parts = without.flatMap((group) => partsOf(group).map((part) => ({ group, part })));
  const read = log.parts(parts.map(({ part }) => part));
  const counted = new Set(await withoutParked(sql, read.flat()));
  const facts = new Map<CallGroup, Fact[]>(without.map((group) => [group, []]));
  for (const [at, { group }] of parts.entries()) {
    const events = (read[at] ?? []).filter((event) => counted.has(event));
    for (const { fact } of batchOf(events).facts) facts.get(group)?.push(fact);
  }
  for (const [group, its] of facts) group.facts = its;
}

function partsOf({ streams, keys }: CallGroup): StreamPart[] {
  return [...streams].map(([stream, { first, last }]) => ({ stream, first, last, keys }));
}

type GroupRow = VersionTables['call_group'] & { streams: StreamRange[] };

function groupOf(row: GroupRow): CallGroup {
  const streams = row.streams.map(({ stream, first, last }): [string, RevisionRange] => [
    stream,
    { first: BigInt(first), last: BigInt(last) },
  ]);
  const heardUntil = microsOrNull(row.heard_until);
  const heardFrom = microsOrNull(row.heard_from) ?? (heardUntil && LONG_AGO);
  return new CallGroup(row.id, row.pbx, { keys: row.keys, streams, position: row.position, heardUntil, heardFrom });
}

function rowOf({ id, pbx, keys, streams, open, position, heardUntil, heardFrom }: CallGroup) {
  const ranges = [...streams].map(([stream, { first, last }]) => ({ stream, first: `${first}`, last: `${last}` }));
  const heard = { heard_until: columnOf(heardUntil), heard_from: columnOf(heardFrom) };
  return { id, pbx, keys: [...keys], streams: ranges, open, position, ...heard };
}
