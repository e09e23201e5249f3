// The read model told again, straight from the whole log, without tables: what the projector must agree with.

import { evolveManualCall, type ManualCall } from '../../../src/domain/acts/manualCall.ts';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { compareCallIds, entryId } from '../../../src/domain/callId.ts';
import { evolveCustomer, type RegisteredCustomer } from '../../../src/domain/customers.ts';
import { derivationOf } from '../../../src/domain/derivation.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import type { RecordedEvent } from '../../../src/domain/events.ts';
import { type Fact, inOrder } from '../../../src/domain/facts/fact.ts';
import { factOf } from '../../../src/domain/facts/factOf.ts';
import { callsOf, channelsMeant, groupFacts, keysOf } from '../../../src/domain/facts/grouping.ts';
import { bySession } from '../../../src/domain/facts/hearing.ts';
import { inTheirLives } from '../../../src/domain/facts/lives.ts';
import { matchEntry, matchingRulesFor } from '../../../src/domain/matching.ts';
import { type CallInProgress, foldAndRead, type ReadCall } from '../../../src/domain/readGroup.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../../src/domain/time.ts';
import { BEGINNING, type EventStore } from '../../../src/ports/eventStore.ts';
import { loggedByHand, peoplesWord, saidMerges } from './peoplesWord.ts';

/** A row as far as it can be told from the log alone. */
export type ToldEntry = Record<string, unknown> & { readonly id: string };

export type Refolded = {
  readonly entries: readonly ToldEntry[];
  readonly current: readonly ToldEntry[];
  readonly aliases: ReadonlyMap<string, string>;
  readonly customers: ReadonlyMap<string, RegisteredCustomer>;
};

/** Everything up to `upTo`, without the events that are parked (their streams by position). */
export async function refold(
  log: EventStore,
  rules: Rules,
  { upTo, parked = new Map() }: { upTo?: bigint; parked?: ReadonlyMap<bigint, string> } = {},
): Promise<Refolded> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch);
  const counted = events.filter(({ position }) => (upTo === undefined || position <= upTo) && !parked.has(position));
  const inStreams = (prefix: string) => counted.filter(({ stream }) => stream.startsWith(prefix));

  const customers = new Map<string, RegisteredCustomer>();
  for (const event of inStreams('customer-')) {
    const id = event.stream.slice('customer-'.length);
    const customer = evolveCustomer(id, customers.get(id) ?? null, event, rules.country);
    if (customer) customers.set(id, customer);
  }
  const owned = [...customers.values()].flatMap(({ id, numbers }) => numbers.map((n) => ({ ...n, customerId: id })));
  const annotations = inStreams('annotation-');

  const placed = [...inStreams('call-'), ...inStreams('cdr-')].map((event) => ({ fact: factOf(event), event }));
  const eventOf = new Map(placed.map(({ fact, event }) => [fact, event]));
  const connections = connectionsOf(
    inStreams('pbx-'),
    placed.map(({ fact }) => fact),
  );
  const parkedStreams = new Set(parked.values());

  const finished: Placed<ReadCall<CallEntry>>[] = [];
  const open: Placed<ReadCall<CallInProgress>>[] = [];
  const aliases = new Map<string, string>();
  for (const facts of groupFacts(placed.map(({ fact }) => fact))) {
    const [first] = facts;
    if (!first) continue;
    const { pbx } = first;
    const folded = foldAndRead(facts, { connections, rules });
    const lastFact = highest(facts.map((fact) => eventOf.get(fact)?.position ?? 0n));
    const incomplete = facts
      .flatMap(keysOf)
      .some((key) => ['call', 'cdr'].some((kind) => parkedStreams.has(`${kind}-${pbx}-${key}`)))
      ? ['event_parked']
      : [];
    const all = [...folded.entries, ...folded.current];
    for (const call of callsOf(inTheirLives(inOrder(facts)).facts)) {
      const ids = [...new Set(call.flatMap(channelsMeant).map(({ uniqueid, linkedid }) => linkedid ?? uniqueid))];
      const known = all.filter(({ ext_message_id }) => ids.includes(ext_message_id));
      const [target] = known.sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
      if (!target) continue;
      for (const one of ids) {
        const [had] = [...folded.formerIds].find(([, former]) => former.includes(one)) ?? [];
        const id = entryId(pbx, one);
        const now = known.find(({ ext_message_id }) => ext_message_id === had) ?? target;
        if (!all.some((other) => other.id === id)) aliases.set(id, now.id);
      }
    }
    for (const entry of folded.entries) {
      const occurred_at = entry.occurred_at ?? entry.answered_at ?? entry.ended_at;
      const call = { ...entry, occurred_at, incomplete: [...entry.incomplete, ...incomplete] };
      finished.push({ call, lastFact });
    }
    for (const call of folded.current) open.push({ call, lastFact });
  }

  const manual = manualCalls(inStreams('manual-'), rules);
  const merges = saidMerges(annotations);
  for (const { id, uuid } of manual) {
    const said = merges.get(uuid);
    const target = finished.find(({ call }) => said !== undefined && call.id === (aliases.get(said) ?? said));
    if (target) aliases.set(id, target.call.id);
  }

  const told = ({ call, lastFact }: Placed<CallEntry | CallInProgress>) => {
    const ids = [call.id, ...[...aliases].filter(([, to]) => to === call.id).map(([id]) => id)];
    const streams = new Set([
      ...ids.map((id) => `annotation-${id}`),
      ...manual.filter(({ id }) => ids.includes(id)).map(({ uuid }) => `manual-${uuid}`),
    ]);
    const about = counted.filter(({ stream }) => streams.has(stream));
    const { assignment, ...said } = peoplesWord(about);
    const own = about.filter(({ stream }) => stream === `annotation-${call.id}`);
    return {
      ...matchEntry(call, owned, { assignment, rules: matchingRulesFor(rules, call.pbx) }),
      ...said,
      position: highest([lastFact, ...about.map(({ position }) => position)]),
      annotation_revision: highest([-1n, ...own.map(({ revision }) => revision)]),
    };
  };
  const entries = [
    ...finished.map((one) => ({ ...one.call, ...told(one), logged_by: null })),
    ...manual.filter(({ id }) => !aliases.has(id)).map(({ row }) => row),
  ];
  const current = open.map((one) => {
    const { customer_id, match } = told(one);
    const { outside: _, ...call } = one.call;
    return { ...call, customer_id, match };
  });
  return { entries, current, aliases, customers };
}

type Placed<Call> = { readonly call: Call; readonly lastFact: bigint };

/** Calls logged by hand that are not void, each with the row that it has when it stands for itself. */
function manualCalls(events: readonly RecordedEvent[], rules: Rules) {
  const uuids = new Set(events.map(({ stream }) => stream.slice('manual-'.length)));
  return [...uuids].flatMap((uuid) => {
    const told = events.filter(({ stream }) => stream === `manual-${uuid}`);
    const call = told.reduce<ManualCall | null>((before, event) => {
      return evolveManualCall(uuid, before, event, derivationOf(rules));
    }, null);
    const content = loggedByHand(told);
    if (!call || !content) return [];
    const { entry } = call;
    const { assignment, ...said } = peoplesWord(told);
    const row: ToldEntry = {
      ...entry,
      ...content,
      ...matchEntry(entry, [], { assignment, rules: matchingRulesFor(rules, entry.pbx) }),
      ...said,
      position: highest(told.map(({ position }) => position)),
      outside: null,
      logged_by: Object(told[0]?.metadata.actor).sub,
      annotation_revision: highest(told.map(({ revision }) => revision)),
    };
    return { id: entry.id, uuid, row };
  });
}

/** A session that another one followed without a PbxDisconnected ended with its last fact. */
function connectionsOf(events: readonly RecordedEvent[], facts: readonly Fact[]): Connection[] {
  const connections: Connection[] = [];
  for (const { stream, type, data, revision } of events) {
    const pbx = stream.slice('pbx-'.length);
    const time = (key: string) => fromRfc3339(String(data[key]));
    const at = connections.findIndex((one) => one.pbx === pbx && one.session === data.session);
    const [known] = at < 0 ? [] : connections.splice(at, 1);
    if (type === 'PbxConnected') {
      const connectedAt = time('at') ?? (0 as Micros);
      const nothing = { disconnectedAt: null, lastHeardAt: null, pbxWentDown: false, reason: null, listedAt: null };
      const { clock_offset_ms: offset, heard_before: before } = data;
      const heardBefore = typeof before === 'number' ? before : null;
      const clock = typeof offset === 'number' ? [{ at: connectedAt, offset: offset * 1000 }] : [];
      connections.push({ pbx, session: Number(revision), heardBefore, connectedAt, ...nothing, clock });
    } else if (known && type === 'PbxDisconnected') {
      const pbxWentDown = data.pbx_went_down === true;
      const reason = String(data.reason);
      connections.push({
        ...known,
        disconnectedAt: time('at'),
        lastHeardAt: time('last_heard_at'),
        pbxWentDown,
        reason,
      });
    } else if (known && type === 'ChannelsListed') {
      connections.push({ ...known, listedAt: time('at') });
    } else if (known && type === 'PbxRestarted') {
      const restartedBy = known.listedAt == null ? (time('started_at') ?? known.connectedAt) : null;
      connections.push({ ...known, restartedBy });
    } else if (known && type === 'ClockCompared') {
      const reading = { at: time('at') ?? (0 as Micros), offset: Number(data.clock_offset_ms) * 1000 };
      connections.push({ ...known, clock: [...(known.clock ?? []), reading] });
    } else if (known) {
      connections.push(known);
    }
  }
  connections.sort(bySession);
  return connections.map((one) => {
    const isFollowed = connections.some((other) => other.pbx === one.pbx && bySession(other, one) > 0);
    if (one.disconnectedAt !== null || !isFollowed) return one;
    const heard = facts.filter(({ pbx, session }) => pbx === one.pbx && session === one.session);
    const lastAt =
      heard.reduce<Micros | null>((last, { receivedAt }) => later(last, receivedAt), null) ?? one.connectedAt;
    return { ...one, disconnectedAt: lastAt, lastHeardAt: lastAt };
  });
}

function later(a: Micros | null, b: Micros | null): Micros | null {
  return a !== null && (b === null || b < a) ? a : b;
}

function highest(numbers: readonly bigint[]): bigint {
  return [...numbers].sort((a, b) => Number(a - b)).at(-1) ?? 0n;
}
