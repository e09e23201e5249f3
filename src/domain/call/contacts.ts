/** Who was connected with whom: bridges, through the halves of Local channels (design §5). */
import { LISTENER_FACT_TYPES, OTHER_PBX_FACT } from '../events.ts';
import type { BridgeView, Fact } from '../facts/fact.ts';
import { isHolding } from '../facts/grouping.ts';
import type { Micros } from '../time.ts';
import type { Channel } from './channels.ts';

/** Two channels that heard each other. */
export type Contact = {
  readonly channels: readonly [string, string];
  /** null: it had begun before we listened */
  readonly from: Micros | null;
  /** when each of the two, by uniqueid, came into the bridge that it was in then; null as `from` */
  readonly entered: Readonly<Record<string, Micros | null>>;
  /** null: not heard to end */
  to: Micros | null;
};

/** The contacts of all channels that are no halves of Local channels, in the order in which they began. `facts` in order. */
export function contactsOf(facts: readonly Fact[], channels: ReadonlyMap<string, Channel>): Contact[] {
  const rooms = new Rooms(channels);
  const waiting = waitingRoomsIn(facts);
  for (const { uniqueid, bridge } of unheardEntries(facts)) rooms.enter(uniqueid, bridge.id, null);
  const gone = new Set<string>();
  for (const fact of facts) {
    const uniqueid = fact.channels.find(({ role }) => role === 'subject')?.uniqueid;
    const bridge = fact.bridges[0];
    const isWaiting = bridge !== undefined && waiting.has(bridge.id);
    if (uniqueid === undefined || gone.has(uniqueid)) continue;
    if (fact.type === 'CallHungUp') {
      rooms.leave(uniqueid, fact.at);
      gone.add(uniqueid);
    } else if (bridge && fact.type === 'BridgeEntered') {
      if (isWaiting) rooms.leave(uniqueid, fact.at);
      else rooms.enter(uniqueid, bridge.id, fact.at);
    } else if (bridge && fact.type === 'BridgeLeft') {
      if (!isWaiting && !rooms.hasLeft(uniqueid, bridge.id)) rooms.enter(uniqueid, bridge.id, null);
      rooms.leave(uniqueid, fact.at);
    } else if (bridge && !isWaiting && LISTED.has(fact.type) && !rooms.isIn(uniqueid))
      rooms.enter(uniqueid, bridge.id, null);
  }
  return rooms.contacts;
}

/** Answers to our own questions tell who is in a bridge, not since when. */
const LISTED: ReadonlySet<string> = new Set([LISTENER_FACT_TYPES.channelSeen, OTHER_PBX_FACT]);

/** Parking lots and waiting rooms. A list of channels names a bridge without its type; other facts tell it. */
function waitingRoomsIn(facts: readonly Fact[]): ReadonlySet<string> {
  return new Set(facts.flatMap(({ bridges }) => bridges.filter(isHolding).map(({ id }) => id)));
}

/** Two channels that leave the same bridge have talked, also when nobody heard them enter. */
function unheardEntries(facts: readonly Fact[]): { uniqueid: string; bridge: BridgeView }[] {
  const first = new Map<string, Fact>();
  for (const fact of facts) {
    const subject = fact.channels.find(({ role }) => role === 'subject');
    if (!subject || (fact.type !== 'BridgeEntered' && fact.type !== 'BridgeLeft')) continue;
    if (!first.has(subject.uniqueid)) first.set(subject.uniqueid, fact);
  }
  return [...first].flatMap(([uniqueid, fact]) => {
    const bridge = fact.bridges[0];
    return bridge && fact.type === 'BridgeLeft' && !isHolding(bridge) ? [{ uniqueid, bridge }] : [];
  });
}

type Place = { readonly bridge: string; readonly since: Micros | null };

/** Who is in which bridge now. Local channels join bridges and are nobody themselves. */
class Rooms {
  readonly contacts: Contact[] = [];
  readonly #partners = new Map<string, Map<string, Contact>>();
  readonly #places = new Map<string, Place>();
  readonly #lastLeft = new Map<string, string>();
  readonly #members = new Map<string, Set<string>>();
  readonly #otherHalf: ReadonlyMap<string, string>;

  constructor(channels: ReadonlyMap<string, Channel>) {
    this.#otherHalf = otherHalves(channels);
  }

  isIn(uniqueid: string): boolean {
    return this.#places.has(uniqueid);
  }

  /** Whether this is where it was last: said twice, it is no second visit. */
  hasLeft(uniqueid: string, bridge: string): boolean {
    return !this.#places.has(uniqueid) && this.#lastLeft.get(uniqueid) === bridge;
  }

  enter(uniqueid: string, bridge: string, at: Micros | null): void {
    if (this.#places.get(uniqueid)?.bridge === bridge) return;
    this.leave(uniqueid, at);
    this.#places.set(uniqueid, { bridge, since: at });
    const members = this.#members.get(bridge);
    if (members) members.add(uniqueid);
    else this.#members.set(bridge, new Set([uniqueid]));
    this.#refresh(uniqueid, this.#reach(uniqueid), at);
  }

  leave(uniqueid: string, at: Micros | null): void {
    const place = this.#places.get(uniqueid);
    if (!place) return;
    const reached = this.#reach(uniqueid);
    this.#places.delete(uniqueid);
    this.#lastLeft.set(uniqueid, place.bridge);
    this.#members.get(place.bridge)?.delete(uniqueid);
    this.#refresh(uniqueid, reached, at);
  }

  /** After `moved` came or went, `reached` are those whose contacts may be others now. */
  #refresh(moved: string, reached: ReadonlySet<string>, at: Micros | null): void {
    for (const uniqueid of this.#otherHalf.has(moved) ? reached : [moved]) {
      const now = this.#reach(uniqueid);
      for (const [partner, contact] of this.#partners.get(uniqueid) ?? []) {
        if (!now.has(partner)) this.#close(contact, at);
      }
      for (const partner of now) if (!this.#partners.get(uniqueid)?.has(partner)) this.#open(uniqueid, partner, at);
    }
  }

  /** Everybody who hears `start`: in its bridge, and beyond the Local channels there. */
  #reach(start: string): Set<string> {
    const reached = new Set<string>();
    const seen = new Set<string>();
    const waiting = [start];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const bridge = this.#places.get(next)?.bridge;
      if (bridge === undefined || seen.has(bridge)) continue;
      seen.add(bridge);
      for (const member of this.#members.get(bridge) ?? []) {
        const half = this.#otherHalf.get(member);
        if (half !== undefined) waiting.push(half);
        else if (member !== start) reached.add(member);
      }
    }
    return reached;
  }

  #open(a: string, b: string, at: Micros | null): void {
    const entered = { [a]: this.#places.get(a)?.since ?? null, [b]: this.#places.get(b)?.since ?? null };
    const contact: Contact = { channels: [a, b], from: at, entered, to: null };
    this.contacts.push(contact);
    this.#partnersOf(a).set(b, contact);
    this.#partnersOf(b).set(a, contact);
  }

  #close(contact: Contact, at: Micros | null): void {
    const [a, b] = contact.channels;
    contact.to = at;
    this.#partnersOf(a).delete(b);
    this.#partnersOf(b).delete(a);
  }

  #partnersOf(uniqueid: string): Map<string, Contact> {
    const partners = this.#partners.get(uniqueid) ?? new Map<string, Contact>();
    this.#partners.set(uniqueid, partners);
    return partners;
  }
}

/** The two halves of each Local channel, by uniqueid; a half whose other was never heard leads nowhere. */
function otherHalves(channels: ReadonlyMap<string, Channel>): ReadonlyMap<string, string> {
  const halves = new Map<string, string>();
  const first = new Map<string, string>();
  for (const { uniqueid, parsed } of channels.values()) {
    if (!parsed?.pair) continue;
    const other = first.get(parsed.pair.stem);
    if (other === undefined) {
      first.set(parsed.pair.stem, uniqueid);
      halves.set(uniqueid, uniqueid);
    } else {
      halves.set(uniqueid, other);
      halves.set(other, uniqueid);
    }
  }
  return halves;
}
