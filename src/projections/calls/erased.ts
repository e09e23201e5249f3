import { erasureOrderedSchema, isSessionStream, partsOfStream } from '../../domain/events.ts';
import { dataOf } from '../../domain/recorded.ts';
import { type Forgotten, forgetStream, NOTHING_FORGOTTEN } from '../people/forgetStream.ts';
import { type Batch, batchOf, type EventPlace, type PlacedFact } from '../tables/batch.ts';
import type { LogAtHand } from '../tables/logAtHand.ts';
import { withoutParked } from '../tables/parked.ts';
import type { StreamRange } from '../tables/schema.ts';
import type { Sql } from '../tables/transaction.ts';

/** An id that a PBX gave to a call, or to a part of it. */
type Key = { readonly pbx: string; readonly key: string };

/** What orders in a batch say together. */
type Ordered = {
  readonly streams: ReadonlySet<string>;
  readonly calls: readonly Key[];
  /** single facts, as `<stream> <revision>` */
  readonly facts: ReadonlySet<string>;
};

type GroupRow = { readonly id: bigint; readonly pbx: string; readonly keys: string[]; readonly streams: StreamRange[] };

/**
 * Takes out of the tables, and out of the batch, what the batch orders to be erased, and facts of calls that were erased
 * before. What is left of groups that lose something is in the batch anew, up to `projected`. Throws `POISON_EVENT`.
 */
export async function withoutErased(
  sql: Sql,
  log: LogAtHand,
  batch: Batch,
  projected: bigint,
): Promise<{ readonly batch: Batch; readonly taken: Forgotten }> {
  const orders = batch.erasures.filter(({ event }) => event.type === 'ErasureOrdered');
  const ordered = orderedIn(orders.map(({ event }) => dataOf(event, erasureOrderedSchema)));
  if (orders.length > 0) await rememberKeys(sql, ordered);
  const groups = orders.length > 0 ? await takeGroupsOut(sql, ordered) : [];
  const left = await factsOf(
    { sql, log },
    groups,
    (event) => event.position <= projected && !isOrdered(ordered, event),
  );
  const facts = [...left, ...batch.facts.filter((fact) => !isOrdered(ordered, fact))];
  const now = await withoutErasedCalls(sql, facts);
  if (orders.length === 0) await count(sql, now.dropped);
  const stays = ({ event }: { readonly event: { readonly stream: string } }) => !ordered.streams.has(event.stream);
  return {
    batch: {
      ...batch,
      facts: now.facts,
      customers: batch.customers.filter(stays),
      manual: batch.manual.filter(stays),
      annotations: batch.annotations.filter(stays),
      callBacks: batch.callBacks.filter(stays),
      directory: batch.directory.filter(stays),
    },
    taken: { ...(await takePeopleOut(sql, ordered.streams)), groups: groups.map(({ id }) => id) },
  };
}

function orderedIn(orders: readonly ReturnType<typeof erasureOrderedSchema.parse>[]): Ordered {
  return {
    streams: new Set(orders.flatMap(({ streams }) => streams)),
    calls: orders.flatMap(({ calls }) => calls.flatMap(({ pbx, keys }) => keys.map((key) => ({ pbx, key })))),
    facts: new Set(
      orders.flatMap(({ facts }) =>
        facts.flatMap(({ stream, revisions }) => revisions.map((revision) => `${stream} ${revision}`)),
      ),
    ),
  };
}

function isOrdered(
  { streams, facts }: Ordered,
  { stream, revision }: Pick<EventPlace, 'stream' | 'revision'>,
): boolean {
  return streams.has(stream) || facts.has(`${stream} ${revision}`);
}

async function rememberKeys(sql: Sql, { calls }: Ordered): Promise<void> {
  await sql('insert into erased_key (pbx, key) select * from unnest($1::text[], $2::text[]) on conflict do nothing', [
    calls.map(({ pbx }) => pbx),
    calls.map(({ key }) => key),
  ]);
}

/**
 * The groups that have one of the streams or ids; their rows go when the batch is written. Of the stream of a session nearly
 * every call has a fact (a bridge was made), and nothing follows from it.
 */
async function takeGroupsOut(sql: Sql, { streams, facts }: Ordered): Promise<readonly GroupRow[]> {
  await sql('delete from parked where stream = any($1) or stream || $3 || revision = any($2)', [
    [...streams],
    [...facts],
    ' ',
  ]);
  const groups = await sql<GroupRow>(
    `delete from call_group
     where exists (select from json_array_elements(streams) as part where part ->> 'stream' = any($1))
        or id in (select group_id from call_member join erased_key using (pbx, key))
     returning id, pbx, keys, streams`,
    [[...streams].filter((stream) => !isSessionStream(stream))],
  );
  await sql('delete from call_member where group_id = any($1)', [groups.map(({ id }) => id)]);
  return groups;
}

/** What the log still has of the groups and that stays, in its order. */
async function factsOf(
  { sql, log }: { readonly sql: Sql; readonly log: LogAtHand },
  groups: readonly GroupRow[],
  stays: (event: EventPlace) => boolean,
): Promise<readonly PlacedFact[]> {
  if (groups.length === 0) return [];
  const parts = groups.flatMap(({ keys, streams }) =>
    streams.map(({ stream, first, last }) => ({
      stream,
      first: BigInt(first),
      last: BigInt(last),
      keys: new Set(keys),
    })),
  );
  const events = log.parts(parts).flat().filter(stays);
  return [...batchOf(await withoutParked(sql, events)).facts].sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** `dropped`: the ids of erased calls that facts came with. */
async function withoutErasedCalls(
  sql: Sql,
  facts: readonly PlacedFact[],
): Promise<{ readonly facts: readonly PlacedFact[]; readonly dropped: readonly Key[] }> {
  const [some] = facts.length === 0 ? [] : await sql('select from erased_key limit 1');
  if (!some) return { facts, dropped: [] };
  const named = facts.flatMap(({ fact, keys }) => keys.map((key) => ({ pbx: fact.pbx, key })));
  const found = await sql<Key>(
    'select pbx, key from erased_key where (pbx, key) in (select * from unnest($1::text[], $2::text[]))',
    [named.map(({ pbx }) => pbx), named.map(({ key }) => key)],
  );
  const erased = new Set(found.map(({ pbx, key }) => `${pbx} ${key}`));
  const erasedKeyOf = ({ fact, keys }: PlacedFact) => keys.find((key) => erased.has(`${fact.pbx} ${key}`));
  return {
    facts: facts.filter((placed) => erasedKeyOf(placed) === undefined),
    dropped: facts.flatMap((placed) => {
      const key = erasedKeyOf(placed);
      return key === undefined ? [] : [{ pbx: placed.fact.pbx, key }];
    }),
  };
}

async function count(sql: Sql, dropped: readonly Key[]): Promise<void> {
  if (dropped.length === 0) return;
  await sql(
    `update erased_key set dropped = dropped + late.facts
     from (select pbx, key, count(*) as facts from unnest($1::text[], $2::text[]) as one (pbx, key) group by 1, 2) as late
     where erased_key.pbx = late.pbx and erased_key.key = late.key`,
    [dropped.map(({ pbx }) => pbx), dropped.map(({ key }) => key)],
  );
}

/** What people said, and customers. */
async function takePeopleOut(sql: Sql, streams: ReadonlySet<string>): Promise<Forgotten> {
  const numberKeys: string[] = [];
  const ids: string[] = [];
  const manual: string[] = [];
  for (const stream of streams) {
    if (!PEOPLES.has(partsOfStream(stream).kind)) continue;
    const taken = await forgetStream(sql, stream);
    numberKeys.push(...taken.numberKeys);
    ids.push(...taken.ids);
    manual.push(...taken.manual);
  }
  return { ...NOTHING_FORGOTTEN, numberKeys, ids, manual };
}

const PEOPLES: ReadonlySet<string> = new Set(['customer', 'annotation', 'manual', 'person', 'callback']);
