/** Who was connected with whom: bridges, through the halves of Local channels (design §5). */
import type { Micros } from '../time.ts';
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

/** By uniqueid, in the order in which they began; each stands with both its channels. */
export type Contacts = ReadonlyMap<string, readonly Contact[]>;

/** The contacts of all channels that are no halves of Local channels. */
export function contactsOf(movements: readonly Movement[], channels: ReadonlyMap<string, Channel>): Contacts {
  const bridges = new Bridges(channels);
  for (const { uniqueid, bridge, ...when } of movements) {
    if (bridge === null) bridges.leave(uniqueid, when);
    else bridges.enter(uniqueid, bridge, when);
  }
  return bridges.contacts;
}

/** Who heard it. */
export function otherIn({ channels: [a, b] }: Contact, uniqueid: string): string {
  return a === uniqueid ? b : a;
}

type When = Pick<Movement, 'at' | 'isLate'>;

/** Who is in which bridge now. Local channels join bridges and are nobody themselves. */
class Bridges {
  readonly contacts = new Map<string, Contact[]>();
  readonly #partners = new Map<string, Map<string, Contact>>();
  readonly #bridges = new Map<string, string>();
  readonly #members = new Map<string, Set<string>>();
  readonly #otherHalf: ReadonlyMap<string, string>;

  constructor(channels: ReadonlyMap<string, Channel>) {
    this.#otherHalf = otherHalves(channels);
  }

  enter(uniqueid: string, bridge: string, when: When): void {
    this.leave(uniqueid, when);
    this.#bridges.set(uniqueid, bridge);
    const members = this.#members.get(bridge);
    if (members) members.add(uniqueid);
    else this.#members.set(bridge, new Set([uniqueid]));
    this.#refresh(uniqueid, this.#reach(uniqueid), when);
  }

  leave(uniqueid: string, when: When): void {
    const bridge = this.#bridges.get(uniqueid);
    if (bridge === undefined) return;
    const reached = this.#reach(uniqueid);
    this.#bridges.delete(uniqueid);
    this.#members.get(bridge)?.delete(uniqueid);
    this.#refresh(uniqueid, reached, when);
  }

  /** After `moved` came or went, `reached` are those whose contacts may be others now. */
  #refresh(moved: string, reached: ReadonlySet<string>, when: When): void {
    for (const uniqueid of this.#otherHalf.has(moved) ? reached : [moved]) {
      const now = this.#reach(uniqueid);
      for (const [partner, contact] of this.#partners.get(uniqueid) ?? []) {
        if (!now.has(partner)) this.#close(contact, when);
      }
      for (const partner of now) if (!this.#partners.get(uniqueid)?.has(partner)) this.#open(uniqueid, partner, when);
    }
  }

  /** Everybody who hears `start`: in its bridge, and beyond the Local channels there. */
  #reach(start: string): Set<string> {
    const reached = new Set<string>();
    const seen = new Set<string>();
    const waiting = [start];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const bridge = this.#bridges.get(next);
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

  #open(a: string, b: string, { at, isLate }: When): void {
    const contact: Contact = { channels: [a, b], from: at, to: null, isLate };
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const its = this.contacts.get(one);
      if (its) its.push(contact);
      else this.contacts.set(one, [contact]);
      this.#partnersOf(one).set(other, contact);
    }
  }

  #close(contact: Contact, { at, isLate }: When): void {
    const [a, b] = contact.channels;
    contact.to = at;
    contact.isLate ||= isLate;
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
