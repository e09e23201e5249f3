/** Who was connected with whom: bridges, through the halves of Local channels (design §5). */
import type { Micros } from '../time.ts';
import { Bridge, type Crowds, type Parting, type Visit, type When } from './bridge.ts';
import type { Channel } from './channel.ts';
import type { Movement } from './movements.ts';

/** Two channels that heard each other. */
export type Contact = {
  readonly channels: readonly [string, string];
  /** null: it had begun before we listened */
  readonly from: Micros | null;
  /** null: not heard to end */
  to: Micros | null;
  /** it can have begun or ended at another time as well */
  isLate: boolean;
};

/** In a conference nearly all are strangers to each other: of these only what ended is kept, not each pair. */
export type Contacts = {
  /** Of a channel, in the order in which they began, without those with strangers in the same bridge. */
  of(uniqueid: string): readonly Contact[];
  /** How those with strangers in the same bridge ended, the latest first; some are told twice. */
  withStrangers(uniqueid: string): Iterable<Parting>;
};

/** The contacts of all channels that are no halves of Local channels. */
export function contactsOf(
  movements: readonly Movement[],
  channels: ReadonlyMap<string, Channel>,
  crowds: Crowds,
): Contacts {
  const bridges = new Bridges(channels, crowds);
  for (const { uniqueid, bridge, ...when } of movements) {
    if (bridge === null) bridges.leave(uniqueid, when);
    else bridges.enter(uniqueid, bridge, when);
  }
  return bridges;
}

/** Who heard it. */
export function otherIn({ channels: [a, b] }: Contact, uniqueid: string): string {
  return a === uniqueid ? b : a;
}

/** Who is in which bridge now. Local channels join bridges and are nobody themselves. */
class Bridges implements Contacts {
  readonly #contacts = new Map<string, Contact[]>();
  readonly #partners = new Map<string, Map<string, Contact>>();
  readonly #bridges = new Map<string, Bridge>();
  readonly #whereabouts = new Map<string, Bridge>();
  readonly #visits = new Map<string, Visit[]>();
  readonly #otherHalf: ReadonlyMap<string, string>;
  readonly #crowds: Crowds;

  constructor(channels: ReadonlyMap<string, Channel>, crowds: Crowds) {
    this.#otherHalf = otherHalves(channels);
    this.#crowds = crowds;
  }

  of(uniqueid: string): readonly Contact[] {
    return this.#contacts.get(uniqueid) ?? [];
  }

  *withStrangers(uniqueid: string): Iterable<Parting> {
    const visits = this.#visits.get(uniqueid) ?? [];
    for (const visit of visits.toReversed()) yield* visit.bridge.partings(visit);
  }

  enter(uniqueid: string, id: string, when: When): void {
    this.leave(uniqueid, when);
    const bridge = this.#bridgeCalled(id);
    const half = this.#otherHalf.get(uniqueid);
    if (half !== undefined) {
      this.#ofBothSides(bridge, half, (a, b) => this.#open(a, b, when));
      this.#whereabouts.set(uniqueid, bridge);
      bridge.locals.add(uniqueid);
      return;
    }
    this.#whereabouts.set(uniqueid, bridge);
    const visit = bridge.add(uniqueid, when);
    if (visit) push(this.#visits, uniqueid, visit);
    for (const known of bridge.knownTo(uniqueid)) this.#open(uniqueid, known, when);
    for (const far of this.#joinedTo(bridge).slice(1)) {
      for (const member of far.members()) this.#open(uniqueid, member, when);
    }
  }

  leave(uniqueid: string, when: When): void {
    const bridge = this.#whereabouts.get(uniqueid);
    if (bridge === undefined) return;
    this.#whereabouts.delete(uniqueid);
    const half = this.#otherHalf.get(uniqueid);
    if (half !== undefined) {
      bridge.locals.delete(uniqueid);
      this.#ofBothSides(bridge, half, (a, b) => this.#close(this.#partners.get(a)?.get(b), when));
      return;
    }
    bridge.delete(uniqueid, when);
    for (const contact of this.#partners.get(uniqueid)?.values() ?? []) this.#close(contact, when);
  }

  /** Each two who hear each other only by the Local channel whose one half is, or was, in the bridge. */
  #ofBothSides(bridge: Bridge, half: string, change: (a: string, b: string) => void): void {
    const far = this.#whereabouts.get(half);
    const near = this.#joinedTo(bridge);
    if (far === undefined || near.includes(far)) return;
    const beyond = this.#joinedTo(far).flatMap((other) => [...other.members()]);
    for (const one of near) for (const a of one.members()) for (const b of beyond) change(a, b);
  }

  /** The bridge itself, and those that Local channels join to it. */
  #joinedTo(bridge: Bridge): Bridge[] {
    const joined = new Set<Bridge>();
    const waiting: (Bridge | undefined)[] = [bridge];
    while (waiting.length > 0) {
      const next = waiting.pop();
      if (next === undefined || joined.has(next)) continue;
      joined.add(next);
      for (const local of next.locals) waiting.push(this.#whereabouts.get(this.#otherHalf.get(local) ?? ''));
    }
    return [...joined];
  }

  #bridgeCalled(id: string): Bridge {
    const known = this.#bridges.get(id);
    if (known) return known;
    const bridge = new Bridge(this.#crowds);
    this.#bridges.set(id, bridge);
    return bridge;
  }

  #open(a: string, b: string, { at, isLate }: When): void {
    const contact: Contact = { channels: [a, b], from: at, to: null, isLate };
    push(this.#contacts, a, contact);
    push(this.#contacts, b, contact);
    this.#partnersOf(a).set(b, contact);
    this.#partnersOf(b).set(a, contact);
  }

  #close(contact: Contact | undefined, { at, isLate }: When): void {
    if (contact === undefined) return;
    const [a, b] = contact.channels;
    contact.to = at;
    contact.isLate ||= isLate;
    this.#partners.get(a)?.delete(b);
    this.#partners.get(b)?.delete(a);
  }

  #partnersOf(uniqueid: string): Map<string, Contact> {
    const partners = this.#partners.get(uniqueid) ?? new Map<string, Contact>();
    this.#partners.set(uniqueid, partners);
    return partners;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
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
