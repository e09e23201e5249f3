/** When a person spoke with the outside party (design §5). */

import { type Channel, endpointOf, originOf } from '../channels/channel.ts';
import { type Contact, otherIn } from '../channels/contacts.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Micros } from '../time.ts';
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
  return group.contacts.of(outside.uniqueid).flatMap((contact) => {
    const person = group.channels.get(otherIn(contact, outside.uniqueid));
    if (!person) return [];
    const kind = kindIn(group, person.uniqueid);
    const isOutside = kind === 'trunk' && members.has(person.uniqueid) && !originOf(person).cameIn;
    if (kind !== 'extension' && !isOutside) return [];
    const { uniqueid, name } = person;
    return [
      {
        party: isOutside
          ? `external:${numberOf(person, group.rules).number ?? ''}`
          : (group.extensions.get(person.uniqueid) ?? endpointOf(person)),
        isOutside,
        channel: name ?? '',
        uniqueid,
        answeredAt: answerOf(contact, outside, person),
        from: contact.from,
        to: contact.to,
        isLate: contact.isLate,
      },
    ];
  });
}

/** Whether a channel outside has ever spoken with a phone inside. */
export function hadPhone(group: Group, outside: string): boolean {
  return group.contacts.of(outside).some((contact) => kindIn(group, otherIn(contact, outside)) === 'extension');
}

/** So long the PBX takes to bring who has picked up to somebody who waits; what lasts longer is said to it, or asked. */
const ON_ITS_WAY = 1_500_000;

/**
 * Who picks up for somebody who waits is there at once. An announcement to it, or the question whether it takes the call,
 * is no talk yet, nor is anything before the caller is Up: then it begins when both hear each other.
 */
function answerOf({ from }: Contact, outside: Channel, { upAt }: Channel): Micros | null {
  if (from === null || upAt === null || outside.upAt === null || outside.upAt > upAt) return from;
  const takes = from - upAt;
  return takes >= 0 && takes <= ON_ITS_WAY ? upAt : from;
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

/** A Local channel that removes itself from between two people parts them for less than this. */
const BLINK = 1_000_000;

/** The same with those of one channel as one that are only so far apart. */
export function goneOn(talks: readonly Conversation[]): readonly Conversation[] {
  const joined: Conversation[] = [];
  const lastOf = new Map<string, number>();
  for (const talk of talks) {
    const last = lastOf.get(talk.channel) ?? -1;
    const before = joined[last];
    const isTimed = before && !before.isLate && !talk.isLate;
    const isBlink = isTimed && before.to !== null && talk.from !== null && talk.from - before.to <= BLINK;
    if (isBlink) joined[last] = { ...before, to: talk.to };
    else lastOf.set(talk.channel, joined.push(talk) - 1);
  }
  return joined;
}
