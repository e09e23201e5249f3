import type { FoldedGroup } from '../../domain/call/foldGroup.ts';
import { compareCallIds, entryId, parseCallId } from '../../domain/callId.ts';
import type { CallEntry } from '../../domain/entry.ts';
import { type Fact, inOrder, NO_SESSION } from '../../domain/facts/fact.ts';
import { callsOf, channelsMeant } from '../../domain/facts/grouping.ts';
import { bySession } from '../../domain/facts/hearing.ts';
import { inTheirLives } from '../../domain/facts/lives.ts';
import { lookupKey } from '../../domain/phone/index.ts';
import { type CallInProgress, foldAndRead, type ReadCall } from '../../domain/readGroup.ts';
import type { Rules } from '../../domain/rules.ts';
import { earlier, type Micros, toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import type { Asked } from '../people/whose.ts';
import { EVENT_PARKED } from '../tables/parked.ts';
import type { CallGroup } from './callGroup.ts';
import type { FirstKnown, PbxSessions } from './pbxSessions.ts';

/** A finished call or one in progress, and what tells whose it is. */
export type Folded<Call> = { readonly call: Call; readonly asked: Asked; readonly group: CallGroup };

/** A finished call has a place in the log of calls, also when its begin was not seen. */
export type PlacedEntry = Omit<ReadCall<CallEntry>, 'occurred_at'> & { readonly occurred_at: string };

export type FoldedCalls = {
  readonly entries: readonly Folded<PlacedEntry>[];
  readonly current: readonly Folded<ReadCall<CallInProgress>>[];
};

/**
 * The calls of the groups. `hasParked` tells the groups of which an event is missing. Throws `POISON_EVENT` when the fold
 * does.
 */
export function foldedCalls(
  groups: readonly CallGroup[],
  { sessions, rules, hasParked }: { sessions: PbxSessions; rules: Rules; hasParked: (group: CallGroup) => boolean },
): FoldedCalls {
  const entries: Folded<PlacedEntry>[] = [];
  const current: Folded<ReadCall<CallInProgress>>[] = [];
  for (const group of groups) {
    const folded = fold(group.facts, { connections: sessions.from(group.pbx, firstKnown(group.facts)), rules });
    group.open = folded.open;
    const aliases = aliasesIn(group, [...folded.entries, ...folded.current], folded.formerIds);
    for (const call of folded.current) current.push({ call, asked: askedOf(call, aliases), group });
    for (const entry of folded.entries) {
      const incomplete = hasParked(group) ? [...entry.incomplete, EVENT_PARKED] : entry.incomplete;
      const call = { ...entry, incomplete, occurred_at: beginOf(entry) };
      entries.push({ call, asked: askedOf(call, aliases), group });
    }
  }
  return { entries, current };
}

/** Imported records were heard in no session. */
function firstKnown(facts: readonly Fact[]): FirstKnown {
  return facts.reduce<FirstKnown>(
    ({ heard, recordedAt }, fact) => ({
      heard: fact.session === NO_SESSION || (heard !== null && bySession(heard, fact) <= 0) ? heard : fact,
      recordedAt: earlier(recordedAt, fact.imported?.beganAt ?? null),
    }),
    { heard: null, recordedAt: null },
  );
}

type Begun = Pick<CallEntry, 'occurred_at' | 'answered_at' | 'ended_at' | 'ext_message_id'>;

/** The first time that is known of a call. */
export function beginOf({ occurred_at, answered_at, ended_at, ext_message_id }: Begun): string {
  const second = parseCallId(ext_message_id)?.second ?? 0;
  return occurred_at ?? answered_at ?? ended_at ?? toRfc3339((second * 1_000_000) as Micros);
}

function askedOf(call: PlacedEntry | CallInProgress, aliases: ReadonlyMap<string, readonly string[]>): Asked {
  const number_key = lookupKey(call.external_number_raw, call.external_number);
  return { ...call, aliases: aliases.get(call.id) ?? [], number_key };
}

/** The domain is pure, so whatever it throws is about the facts. */
function fold(...args: Parameters<typeof foldAndRead>): ReturnType<typeof foldAndRead> {
  try {
    return foldAndRead(...args);
  } catch (cause) {
    throw new CommslogError('POISON_EVENT', 'the facts of a call cannot be folded', { cause });
  }
}

/**
 * Ids that a call had before more of it was known, by the id it has now. Every Linkedid in it could have been its identity
 * for a while, so they follow from the facts alone, in whatever portions these were projected. What no part of what was
 * heard has had is of the oldest call.
 */
function aliasesIn(
  { pbx, facts }: CallGroup,
  calls: readonly { readonly id: string; readonly ext_message_id: string }[],
  formerIds: FoldedGroup['formerIds'],
): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  // two lives of one id are calls of their own
  if (identitiesOf(facts).size < 2) return aliases;
  const taken = new Set(calls.map(({ id }) => id));
  const claims = [...formerIds].flatMap(([id, former]) => former.map((one): [string, string] => [one, id]));
  // who had it first
  const had = new Map(claims.reverse());
  for (const together of callsOf(inTheirLives(inOrder(facts)).facts)) {
    const identities = identitiesOf(together);
    const [oldest] = calls
      .filter(({ ext_message_id }) => identities.has(ext_message_id))
      .sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
    if (!oldest) continue;
    for (const identity of identities) {
      const id = entryId(pbx, identity);
      if (taken.has(id)) continue;
      const now = calls.find(({ ext_message_id }) => ext_message_id === had.get(identity)) ?? oldest;
      aliases.set(now.id, [...(aliases.get(now.id) ?? []), id]);
    }
  }
  return aliases;
}

function identitiesOf(facts: readonly Fact[]): ReadonlySet<string> {
  return new Set(facts.flatMap((fact) => channelsMeant(fact).map(({ uniqueid, linkedid }) => linkedid ?? uniqueid)));
}
