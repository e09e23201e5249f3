import type pg from 'pg';
import { mentionsOf } from '../domain/erasing.ts';
import { streamOf } from '../domain/events.ts';
import { callKeysOf } from '../domain/facts/grouping.ts';
import { CommslogError } from '../errors.ts';
import { firstEvent, lastEvent } from '../log/streamEnds.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { RefusedFact } from '../ports/refusedFacts.ts';
import { type Subject, type Trace, tracesIn } from '../projections/index.ts';
import { callsOfGroups, type GroupCalls } from './groupCalls.ts';
import { searchLog } from './searchLog.ts';

const READS_AT_ONCE = 16;

/** Ids that a PBX gave to calls that go. */
export type CallIds = { readonly pbx: string; readonly keys: readonly string[] };

/** Facts of the person in the stream of a session, and how many of others it has. */
export type MixedFacts = { readonly stream: string; readonly revisions: readonly bigint[]; readonly others: number };

/** What goes, and what the person who decides it has to know; no number, no name. */
export type Plan = {
  readonly subject: Subject['kind'];
  /** whole streams, also those that never were: they are closed */
  readonly streams: readonly string[];
  /** those of them that have events */
  readonly existing: readonly string[];
  readonly calls: readonly CallIds[];
  /** in the streams of sessions */
  readonly mixed: readonly MixedFacts[];
  /** ids of the entries that are meant */
  readonly entries: readonly string[];
  /** entries of somebody else, or of nobody, that share a stream with them */
  readonly others: readonly { readonly id: string; readonly customerId: string | null }[];
  /** calls that could be the customer's as well as another's */
  readonly ambiguous: number;
  /** customers who hold the number, and keep it */
  readonly holders: readonly string[];
  /** streams of sessions that hold something of it, and stay because the store cannot erase single facts */
  readonly left: readonly Pick<MixedFacts, 'stream' | 'others'>[];
  /** facts that the log has refused and that were kept aside */
  readonly refused: readonly RefusedFact[];
  /** streams that stay and hold the number or the name somewhere */
  readonly elsewhere: readonly string[];
};

/**
 * What has to go so that the subject is nowhere any more. Errors: `NOT_FOUND`, `CONFLICT` while a call of it is in
 * progress, those of the log and of PostgreSQL.
 */
export async function planErasure(
  {
    pool,
    log,
    refused,
  }: { readonly pool: pg.Pool; readonly log: EventStore; readonly refused: readonly RefusedFact[] },
  subject: Subject,
): Promise<Plan> {
  const traces = await tracesIn(pool, subject);
  const inProgress = Math.max(0, ...traces.map((trace) => trace.inProgress));
  if (inProgress > 0) {
    throw new CommslogError('CONFLICT', `Calls in progress: ${inProgress}. Erase when they are over.`);
  }
  const calls = await callsOfGroups(
    log,
    traces.flatMap(({ groups }) => groups),
  );
  const going = new Set(calls.flatMap(({ entryIds }) => entryIds));
  const open = calls.flatMap((call) => call.current).filter((id) => going.has(id)).length;
  if (open > 0) {
    throw new CommslogError(
      'CONFLICT',
      `Calls in progress that share a stream with it: ${open}. Erase when they are over.`,
    );
  }
  const person = personOf(subject, traces);
  const taken = new Set(calls.flatMap(({ streams }) => streams));
  const keys = new Set(calls.flatMap(({ pbx, keys: ids }) => ids.map((id) => `${pbx} ${id}`)));
  const mentions = person === null ? null : mentionsOf(person);
  const found = await searchLog(log, {
    customerId: subject.kind === 'customer' ? subject.id : null,
    mentions,
    isTheirs: (fact) => callKeysOf(fact).every((key) => keys.has(`${fact.pbx} ${key}`)),
  });
  const entryIds = traces.flatMap(({ entries, aliases }) => [...entries.map(({ id }) => id), ...aliases]);
  for (const id of entryIds) taken.add(streamOf.annotation(id)).add(streamOf.callBack(id));
  for (const uuid of [...traces.flatMap(({ manual }) => manual), ...found.manual]) taken.add(streamOf.manual(uuid));
  for (const stream of found.begun) taken.add(stream);
  if (subject.kind === 'customer') taken.add(streamOf.customer(subject.id));
  const streams = [...taken].sort();
  const there = await existing(log, streams);
  const mixed = await together(log, [...calls.flatMap((call) => call.mixed), ...found.mixed]);
  if (there.length === 0 && mixed.length === 0) throw new CommslogError('NOT_FOUND', 'The log has nothing of it.');
  const entries = new Set(traces.flatMap((trace) => trace.entries.map(({ id }) => id)));
  const alsoThere = await existing(
    log,
    found.elsewhere.filter((stream) => !taken.has(stream)),
  );
  return {
    subject: subject.kind,
    streams,
    existing: there,
    calls: calls.map(({ pbx, keys: ids }) => ({ pbx, keys: ids })),
    mixed,
    entries: [...entries],
    others: othersIn(calls, entries),
    ambiguous: Math.max(0, ...traces.map((trace) => trace.ambiguous)),
    holders: [...new Set(traces.flatMap((trace) => trace.holders))].sort(),
    left: [],
    refused: refused.filter(({ stream, event }) => taken.has(stream) || mentions?.(event)),
    elsewhere: alsoThere,
  };
}

/** Null: only this call is meant, wherever else who took part in it may stand. */
function personOf(subject: Subject, traces: readonly Trace[]) {
  if (subject.kind === 'call') return null;
  if (subject.kind === 'number') return { numbers: [subject.number], names: [] };
  const entries = traces.flatMap((trace) => trace.entries);
  const numbers = [...traces.flatMap((trace) => trace.numbers), ...entries.map(({ number }) => number)];
  const names = [...traces.map(({ name }) => name), ...entries.map(({ name }) => name)];
  const distinct = (all: readonly (string | null)[]) => [...new Set(all.filter((text) => text !== null))];
  return { numbers: distinct(numbers), names: distinct(names) };
}

function othersIn(calls: readonly GroupCalls[], meant: ReadonlySet<string>): Plan['others'] {
  const others = calls.flatMap(({ entries, entryIds }) => {
    const ids = new Set(entryIds);
    return entries.filter(({ id }) => ids.has(id) && !meant.has(id));
  });
  return [...new Map(others.map((entry) => [entry.id, entry])).values()];
}

async function together(
  log: EventStore,
  facts: readonly { readonly stream: string; readonly revision: bigint }[],
): Promise<readonly MixedFacts[]> {
  const streams = new Map<string, Set<bigint>>();
  for (const { stream, revision } of facts) {
    streams.set(stream, (streams.get(stream) ?? new Set()).add(revision));
  }
  const together: MixedFacts[] = [];
  for (const [stream, revisions] of streams) {
    const last = await lastEvent(log, stream);
    together.push({ stream, revisions: [...revisions], others: Number(last?.revision ?? 0n) + 1 - revisions.size });
  }
  return together;
}

/** Those of the streams that have events. */
async function existing(log: EventStore, streams: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = 0; at < streams.length; at += READS_AT_ONCE) {
    const some = streams.slice(at, at + READS_AT_ONCE);
    const first = await Promise.all(some.map((stream) => firstEvent(log, stream)));
    found.push(...some.filter((_, index) => first[index] !== undefined));
  }
  return found.sort();
}
