/** When a person spoke with the outside party (design §5). */
import { later, type Micros } from '../time.ts';
import { type Channel, originOf } from './channel.ts';
import type { Contact } from './contacts.ts';
import { type Group, kindIn } from './group.ts';
import { numberOf } from './outsideParty.ts';

/** One stretch in which the outside party and a person heard each other. */
export type Conversation = {
  /** an extension, or `external:<number as sent>` */
  readonly party: string;
  readonly isOutside: boolean;
  readonly channel: string;
  /** null: the channel itself was never heard */
  readonly uniqueid: string | null;
  /** when the person was there for it; null: before we listened */
  readonly answeredAt: Micros | null;
  readonly from: Micros | null;
  readonly to: Micros | null;
  /** it can have begun or ended at another time as well */
  readonly isLate: boolean;
};

/**
 * The conversations of a channel with people, in order: with phones inside, wherever they came from, and with outside
 * phones that were dialled for this call (`members`). A stranger in the same conference is neither.
 */
export function conversationsOf(group: Group, outside: Channel, members: ReadonlySet<string>): Conversation[] {
  return group.contacts.flatMap((contact) => {
    const [a, b] = contact.channels;
    if (a !== outside.uniqueid && b !== outside.uniqueid) return [];
    const person = group.channels.get(a === outside.uniqueid ? b : a);
    if (!person) return [];
    const kind = kindIn(group, person.uniqueid);
    const isOutside = kind === 'trunk' && members.has(person.uniqueid) && !originOf(person).cameIn;
    if (kind !== 'extension' && !isOutside) return [];
    const { uniqueid, name, parsed } = person;
    return [
      {
        party: isOutside ? `external:${numberOf(person).raw ?? ''}` : (parsed?.endpoint ?? ''),
        isOutside,
        channel: name ?? '',
        uniqueid,
        answeredAt: hadSpokenBefore(group, person, contact, outside)
          ? contact.from
          : answerOf(contact, outside, person),
        from: contact.from,
        to: contact.to,
        isLate: contact.isLate,
      },
    ];
  });
}

/** Whoever was with somebody else before was not dialled for this: its own answer was another's. */
function hadSpokenBefore({ contacts }: Group, person: Channel, contact: Contact, outside: Channel): boolean {
  const { from: now, isLate } = contact;
  return contacts.some((other, at) => {
    const isAnother = other.channels.includes(person.uniqueid) && !other.channels.includes(outside.uniqueid);
    if (!isAnother || now === null) return false;
    // what was read late has one time, and an order
    return other.from === null || other.from < now || (isLate && other.from === now && at < contacts.indexOf(contact));
  });
}

/**
 * Who was dialled has answered when its channel came Up, although announcements can delay the bridge; who came by itself
 * is there when it enters the bridge. Never before both channels existed, never after they were connected.
 */
function answerOf(contact: Contact, outside: Channel, person: Channel): Micros | null {
  const { from } = contact;
  if (from === null) return null;
  const dialled = [outside, person].filter((channel) => channel.dialling && !originOf(channel).cameIn);
  const there =
    dialled.length > 0 ? dialled.map(({ upAt }) => upAt) : [person.upAt, contact.entered[outside.uniqueid] ?? null];
  if (there.includes(null)) return from;
  const at = there.reduce(later, null);
  const both = later(outside.opening?.at ?? null, person.opening?.at ?? null);
  return at === null || at > from || (both !== null && at < both) ? from : at;
}

/** Phones that race for a call can touch it for a moment. */
const LOST_RACE = 100_000;

/** The conversations that count: of phones that race, the one that stayed. */
export function thatCount(conversations: readonly Conversation[]): readonly Conversation[] {
  const stayed = conversations.filter(
    ({ from, to, isLate }) => isLate || from === null || to === null || to - from > LOST_RACE,
  );
  return stayed.length > 0 ? stayed : conversations;
}
