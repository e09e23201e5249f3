/** Which calls there are among channels that were joined, and when the own part of each is over (design §5, §12). */
import { parseCallId } from '../callId.ts';
import type { Ages } from '../channels/age.ts';
import { linkedidAtOpening, originOf } from '../channels/channel.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Endings } from '../channels/liveness.ts';
import { STATE } from '../channels/opening.ts';
import { LISTENER_FACT_TYPES } from '../events.ts';
import { type Fact, viewIn } from '../facts/fact.ts';
import { callKeysOf, channelsMeant } from '../facts/grouping.ts';
import { hadPhone } from './conversations.ts';

export type OwnPart = {
  /** of an inbound call that of its trunk; of an outbound one under which its first trunk was opened */
  readonly id: string;
  /** the channel with whose opening it began */
  readonly beginningId: string;
  /** uniqueids: the trunk that came in, or those that were dialled, oldest first; none: it never left the house */
  readonly outside: readonly string[];
  /** of all that took part, oldest first; whoever was there before the call did not */
  readonly members: readonly string[];
  /** Linkedids that were none's before: one of them may have been its id while less was known */
  readonly formerIds: readonly string[];
  /** what is still to come only refines it */
  readonly isOver: boolean;
};

/**
 * The own part of each call: it is over when the outside has gone and nothing that was dialled for it still rings. Who goes
 * on then (an agent who stays logged in, phones that talk on) is free for the next call and glues none to another: what is
 * over once is decided by what was heard until then. `facts`: of channels that were joined, in order.
 */
export function ownPartsOf(facts: readonly Fact[], group: Group, endings: Endings): OwnPart[] {
  const following = new Following(group);
  for (const fact of facts) following.hear(fact);
  return following.end(endings);
}

/** Channels that are joined now, and those that have gone before the calls among them were over. */
type Together = {
  readonly channels: Set<string>;
  readonly keys: Set<string>;
  readonly linkedids: Set<string>;
  hadCall: boolean;
  /** somebody had somebody else called */
  hasDialled: boolean;
  /** the call between phones that the outside was put into */
  joinedId: string | null;
};
type Outside = Pick<OwnPart, 'id' | 'beginningId'> & { readonly trunks: readonly string[]; readonly cameIn: boolean };

class Following {
  readonly #group: Group;
  readonly #ages: Ages;
  readonly #byKey = new Map<string, Together>();
  readonly #gone = new Set<string>();
  readonly #ringing = new Set<string>();
  /** trunks of calls that are over: they make no other */
  readonly #spent = new Set<string>();
  /** Linkedids of calls that are over: they join nobody any more */
  readonly #stale = new Set<string>();
  readonly #over: OwnPart[] = [];

  constructor(group: Group) {
    this.#group = group;
    this.#ages = group.ages;
  }

  hear(fact: Fact): void {
    if (fact.type === LISTENER_FACT_TYPES.callGivenUp) return;
    const isHere = ({ uniqueid }: { readonly uniqueid: string }) => !this.#gone.has(uniqueid);
    const isAllHere = fact.channels.every(isHere);
    const meant = isAllHere ? channelsMeant(fact) : channelsMeant(fact).filter(isHere);
    if (meant.length === 0) return;
    const isOwn = (key: string) => meant.some(({ uniqueid }) => uniqueid === key);
    const keys = callKeysOf(isAllHere ? fact : { ...fact, channels: fact.channels.filter(isHere) });
    const isStale = this.#stale.size > 0;
    const all = this.#join(isStale ? keys.filter((key) => !this.#stale.has(key) || isOwn(key)) : keys);
    let hasEnded = fact.type === 'CallHungUp' || fact.type === 'DialEnded';
    for (const { uniqueid, linkedid, state } of meant) {
      all.channels.add(uniqueid);
      all.linkedids.add(linkedid ?? uniqueid);
      if (state === STATE.up) hasEnded = this.#ringing.delete(uniqueid) || hasEnded;
    }
    const dialled = viewIn(fact, 'dest')?.uniqueid;
    if (fact.type === 'DialBegan' && dialled !== undefined) {
      this.#ringing.add(dialled);
      all.hasDialled ||= viewIn(fact, 'subject') !== undefined;
    }
    if (fact.type === 'DialEnded' && dialled !== undefined) this.#ringing.delete(dialled);
    if (fact.type === 'CallHungUp') this.#hangUp(meant.map(({ uniqueid }) => uniqueid));
    if (hasEnded) this.#settle(all);
  }

  /** What is known of each call when nothing more was heard; whoever has `ended` otherwise than by a hangup is gone too. */
  end(endings: Endings): OwnPart[] {
    for (const [uniqueid, { open }] of endings) if (!open) this.#hangUp([uniqueid]);
    const open = [...new Set(this.#byKey.values())].flatMap((together) => {
      this.#settle(together);
      const calls = this.#callsAmong(together);
      if (calls.length > 0) return calls.map((call) => this.#partOf(call, calls, together, false));
      return together.hadCall || together.channels.size === 0 ? [] : [this.#internal(together)];
    });
    return [...this.#over, ...open];
  }

  #hangUp(uniqueids: readonly string[]): void {
    for (const uniqueid of uniqueids) {
      this.#gone.add(uniqueid);
      this.#ringing.delete(uniqueid);
    }
  }

  #join(keys: readonly string[]): Together {
    const same = this.#byKey.get(keys[0] ?? '');
    if (same && keys.every((key) => this.#byKey.get(key) === same)) return same;
    const known = keys.map((key) => this.#byKey.get(key));
    const [first = together([]), ...others] = new Set(known.filter((one) => one !== undefined));
    for (const other of others) {
      first.joinedId =
        [first, other].flatMap((one) => one.joinedId ?? this.#phonesCall(one)).sort(this.#ages)[0] ?? null;
      for (const uniqueid of other.channels) first.channels.add(uniqueid);
      for (const id of other.linkedids) first.linkedids.add(id);
      for (const key of other.keys) this.#give(key, first);
      first.hadCall ||= other.hadCall;
      first.hasDialled ||= other.hasDialled;
    }
    for (const key of keys) this.#give(key, first);
    return first;
  }

  #give(key: string, all: Together): void {
    this.#byKey.set(key, all);
    all.keys.add(key);
  }

  /** The id of a call that only phones inside have had until now. */
  #phonesCall({ channels, hadCall, hasDialled }: Together): readonly string[] {
    const isTheirs = hasDialled && !hadCall && ![...channels].some((id) => this.#isTrunk(id));
    return isTheirs
      ? [...channels]
          .map((id) => this.#openedUnder(id))
          .sort(this.#ages)
          .slice(0, 1)
      : [];
  }

  /** Takes out the calls that are over. */
  #settle(together: Together): void {
    for (;;) {
      const calls = this.#callsAmong(together);
      const call = calls.find((one) => this.#isOver(one, calls, together));
      if (!call) return;
      this.#over.push(this.#partOf(call, calls, together, true));
      together.hadCall = true;
      for (const uniqueid of together.channels) {
        if (this.#isTrunk(uniqueid) && this.#ownerOf(uniqueid, calls) === call) this.#spent.add(uniqueid);
      }
      for (const trunk of call.trunks) this.#spent.add(trunk);
      if (calls.length === 1) this.#release(together);
    }
  }

  /** Nobody's call any more: each goes on for itself. */
  #release(left: Together): void {
    for (const key of left.keys) {
      this.#byKey.delete(key);
      this.#stale.add(key);
    }
    for (const uniqueid of left.channels) {
      if (!this.#gone.has(uniqueid)) this.#give(uniqueid, { ...together([uniqueid]), hadCall: true });
    }
  }

  /** Each trunk that came in is a call; those that were dialled are one, unless it was for a caller. Oldest first. */
  #callsAmong({ channels, joinedId }: Together): Outside[] {
    const trunks = [...channels].filter((id) => this.#mayBeCall(id)).sort(this.#ages);
    const [first] = trunks;
    if (first === undefined) return [];
    const cameIn = trunks.filter((id) => this.#cameIn(id));
    const inbound = cameIn.map((id): Outside => ({ id, beginningId: id, trunks: [id], cameIn: true }));
    const [oldest, ...others] = this.#cameIn(first) ? inbound : [this.#outbound(first, trunks, cameIn), ...inbound];
    if (!oldest) return [];
    const isJoined = joinedId !== null && this.#ages(joinedId, oldest.id) < 0 && !this.#isTaken(joinedId);
    return [isJoined ? { ...oldest, id: joinedId } : oldest, ...others];
  }

  /** What is dialled for a call that is over comes too late for it, and is another one if a phone dialled it or speaks there. */
  #mayBeCall(uniqueid: string): boolean {
    if (!this.#isTrunk(uniqueid) || this.#spent.has(uniqueid)) return false;
    if (this.#cameIn(uniqueid) || !this.#isTaken(this.#openedUnder(uniqueid))) return true;
    return kindIn(this.#group, this.#dialledBy(uniqueid)) === 'extension' || hadPhone(this.#group, uniqueid);
  }

  /** Who can try another one: whose Linkedid it has, or, where that is of a call that is over, who dialled it. */
  #diallerOf(trunk: string): string {
    const under = this.#openedUnder(trunk);
    return this.#isTaken(under) ? this.#dialledBy(trunk) : under;
  }

  #dialledBy(uniqueid: string): string {
    return this.#group.channels.get(uniqueid)?.dialling?.by ?? '';
  }

  #outbound(first: string, trunks: readonly string[], cameIn: readonly string[]): Outside {
    const dialled = trunks.filter((id) => !this.#cameIn(id) && !cameIn.includes(this.#openedUnder(id)));
    const under = this.#openedUnder(first);
    const id = this.#isTaken(under) ? first : under;
    return { id, beginningId: id, trunks: dialled, cameIn: false };
  }

  #isTaken(id: string): boolean {
    return this.#stale.has(id) || this.#over.some((part) => part.id === id);
  }

  #isOver(call: Outside, calls: readonly Outside[], together: Together): boolean {
    for (const id of this.#ringing) {
      if (together.channels.has(id) && this.#ownerOf(id, calls) === call) return false;
    }
    const [first] = call.trunks;
    if (call.cameIn) return first !== undefined && this.#gone.has(first);
    for (const trunk of call.trunks) {
      if (!this.#gone.has(trunk)) return false;
      if (hadPhone(this.#group, trunk)) return true;
    }
    // another trunk may still be tried
    const dialler = first === undefined ? call.beginningId : this.#diallerOf(first);
    return !together.channels.has(dialler) || this.#gone.has(dialler);
  }

  #partOf(call: Outside, calls: readonly Outside[], { channels, linkedids }: Together, isOver: boolean): OwnPart {
    const own = [...channels].filter((id) => this.#ownerOf(id, calls) === call && !this.#isOlder(id, call.id));
    const members = own.filter((id) => !this.#spent.has(id)).sort(this.#ages);
    const formerIds = call === calls[0] ? [...linkedids].filter((id) => !this.#stale.has(id)) : [];
    return { id: call.id, beginningId: call.beginningId, outside: call.trunks, members, formerIds, isOver };
  }

  #internal({ channels }: Together): OwnPart {
    const members = [...channels].sort(this.#ages);
    const ids = members.flatMap((id) => [...(this.#group.channels.get(id)?.linkedids ?? [])]);
    const [id = members[0] ?? ''] = ids.sort(this.#ages);
    return {
      id,
      beginningId: id,
      outside: [],
      members,
      formerIds: ids,
      isOver: members.every((one) => this.#gone.has(one)),
    };
  }

  /** Whose a channel is: of the call under whose Linkedid it was opened, else of the oldest. */
  #ownerOf(uniqueid: string, calls: readonly Outside[]): Outside | undefined {
    const under = this.#openedUnder(uniqueid);
    return (
      calls.find(({ trunks, id }) => trunks.includes(uniqueid) || trunks.includes(under) || id === under) ?? calls[0]
    );
  }

  /** What is no Uniqueid does not tell its time. */
  #isOlder(uniqueid: string, id: string): boolean {
    return parseCallId(uniqueid) !== null && parseCallId(id) !== null && this.#ages(uniqueid, id) < 0;
  }

  #isTrunk(uniqueid: string): boolean {
    return kindIn(this.#group, uniqueid) === 'trunk';
  }

  #cameIn(uniqueid: string): boolean {
    const channel = this.#group.channels.get(uniqueid);
    return channel !== undefined && originOf(channel).cameIn;
  }

  #openedUnder(uniqueid: string): string {
    const channel = this.#group.channels.get(uniqueid);
    return (channel && linkedidAtOpening(channel)) ?? uniqueid;
  }
}

function together(uniqueids: readonly string[]): Together {
  const [channels, keys, linkedids] = [new Set(uniqueids), new Set<string>(), new Set<string>()];
  return { channels, keys, linkedids, hadCall: false, hasDialled: false, joinedId: null };
}
