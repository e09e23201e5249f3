// The read model told again, straight from the whole log, without tables: what the projector must agree with.
import { type Connection, foldGroup } from '../../../src/domain/call.ts';
import { compareCallIds, entryId } from '../../../src/domain/callId.ts';
import { evolveCustomer, type RegisteredCustomer } from '../../../src/domain/customers.ts';
import { derivationOf } from '../../../src/domain/derivation.ts';
import { callAssignedSchema, type RecordedEvent } from '../../../src/domain/events.ts';
import { type Fact, factOf } from '../../../src/domain/facts.ts';
import { callsOf, channelsMeant, groupFacts, keysOf } from '../../../src/domain/grouping.ts';
import { evolveManualCall, type ManualCall } from '../../../src/domain/manual.ts';
import { type Assignment, type Matched, matchEntry, matchingRulesFor } from '../../../src/domain/matching.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../../src/domain/time.ts';
import { BEGINNING, type EventStore } from '../../../src/ports/eventStore.ts';

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

  const placed = inStreams('call-').map((event) => ({ fact: factOf(event), event }));
  const eventOf = new Map(placed.map(({ fact, event }) => [fact, event]));
  const connections = connectionsOf(
    inStreams('pbx-'),
    placed.map(({ fact }) => fact),
  );
  const parkedStreams = new Set(parked.values());

  const entries: ToldEntry[] = [];
  const current: ToldEntry[] = [];
  const aliases = new Map<string, string>();
  for (const facts of groupFacts(placed.map(({ fact }) => fact))) {
    const [first] = facts;
    if (!first) continue;
    const { pbx } = first;
    const folded = foldGroup(facts, { connections, rules });
    const lastFact = highest(facts.map((fact) => eventOf.get(fact)?.position ?? 0n));
    const incomplete = facts.flatMap(keysOf).some((key) => parkedStreams.has(`call-${pbx}-${key}`))
      ? ['event_parked']
      : [];
    const all = [...folded.entries, ...folded.current];
    for (const call of callsOf(facts)) {
      const ids = [...new Set(call.flatMap(channelsMeant).map(({ uniqueid, linkedid }) => linkedid ?? uniqueid))];
      const known = all.filter(({ ext_message_id }) => ids.includes(ext_message_id));
      const [target] = known.sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
      if (!target) continue;
      for (const id of ids.map((one) => entryId(pbx, one))) {
        if (!all.some((other) => other.id === id)) aliases.set(id, target.id);
      }
    }
    const told = (call: (typeof all)[number], occurred_at: string | null) => {
      const ids = [call.id, ...[...aliases].filter(([, to]) => to === call.id).map(([id]) => id)];
      const about = annotations.filter(({ stream }) => ids.includes(stream.slice('annotation-'.length)));
      const own = about.filter(({ stream }) => stream === `annotation-${call.id}`);
      const matched = matchEntry({ ...call, occurred_at }, owned, {
        assignment: lastAssignment(about),
        rules: matchingRulesFor(rules, pbx),
      });
      return {
        ...matched,
        position: highest([lastFact, ...about.map(({ position }) => position)]),
        annotation_revision: highest([-1n, ...own.map(({ revision }) => revision)]),
      };
    };
    for (const entry of folded.entries) {
      const occurred_at = entry.occurred_at ?? entry.answered_at ?? entry.ended_at;
      const reasons = [...entry.incomplete, ...incomplete];
      entries.push({
        ...entry,
        occurred_at,
        incomplete: reasons,
        ...told(entry, occurred_at),
        notes: [],
        done_at: null,
      });
    }
    for (const call of folded.current) {
      const { customer_id, match } = told(call, call.occurred_at);
      current.push({ ...call, customer_id, match });
    }
  }
  for (const told of manualEntries(inStreams('manual-'), rules)) entries.push(told);
  return { entries, current, aliases, customers };
}

function manualEntries(events: readonly RecordedEvent[], rules: Rules): ToldEntry[] {
  const calls = new Map<string, { call: ManualCall | null; last: RecordedEvent }>();
  for (const event of events) {
    const uuid = event.stream.slice('manual-'.length);
    const call = evolveManualCall(uuid, calls.get(uuid)?.call ?? null, event, derivationOf(rules));
    calls.set(uuid, { call, last: event });
  }
  return [...calls.values()].flatMap(({ call, last }) => {
    if (!call) return [];
    const { entry, assignment, notes } = call;
    const matched: Matched = matchEntry(entry, [], { assignment, rules: matchingRulesFor(rules, entry.pbx) });
    return {
      ...entry,
      ...matched,
      notes,
      done_at: null,
      position: last.position,
      annotation_revision: last.revision,
    };
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
      connections.push({ pbx, session: Number(revision), connectedAt, ...nothing });
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
    } else if (known) {
      connections.push(known);
    }
  }
  return connections.map((one) => {
    const isFollowed = connections.some(({ pbx, session }) => pbx === one.pbx && session > one.session);
    if (one.disconnectedAt !== null || !isFollowed) return one;
    const heard = facts.filter(({ pbx, session }) => pbx === one.pbx && session === one.session);
    const lastAt = Math.max(one.connectedAt, ...heard.map(({ receivedAt }) => receivedAt ?? 0)) as Micros;
    return { ...one, disconnectedAt: lastAt, lastHeardAt: lastAt };
  });
}

/** In each stream the last one counts, of the streams the one that was written last. */
function lastAssignment(annotations: readonly RecordedEvent[]): Assignment | null {
  const deciding = annotations.filter(({ type }) => type === 'CallAssigned' || type === 'CallUnassigned');
  const lasts = [...new Map(deciding.map((event) => [event.stream, event])).values()];
  const last = lasts
    .sort((a, b) => {
      const [one, other] = [String(a.metadata.recorded_at), String(b.metadata.recorded_at)];
      return one === other ? Number(a.position - b.position) : one < other ? -1 : 1;
    })
    .at(-1);
  if (last?.type !== 'CallAssigned') return null;
  return { customerId: callAssignedSchema.parse(last.data).customer_id };
}

function highest(numbers: readonly bigint[]): bigint {
  return [...numbers].sort((a, b) => Number(a - b)).at(-1) ?? 0n;
}
