/** What a channel leads to where no rule knows its context or endpoint: what the rest of its call tells (design §5). */
import {
  calledOutside,
  hasNumberOfOurs,
  type Seen,
  type Side,
  sideOf,
  targetOf,
  wasCalledOutside,
} from './appearance.ts';
import { type Channel, originOf } from './channel.ts';
import type { KindFound, KindQuestion } from './channelKind.ts';
import { isLocal } from './channelName.ts';
import { otherIn } from './contacts.ts';

/** Asked in this order. */
export const GUESSES: readonly (readonly [string, (question: KindQuestion) => KindFound])[] = [
  ['caller_and_called_are_extensions', byExtensions],
  ['number_sent_through_it', byNumberSent],
  ['neighbour_in_context', byNeighbours],
  ['dialled_by_its_name', byName],
  ['took_no_part', byAbsence],
  ['far_end', byFarEnd],
];

/**
 * An endpoint that both called and was called, by numbers of ours or by ours and others: a proxy in front of phones and
 * provider, or one phone. Then the number of each channel tells.
 */
export function bySharedEndpoint(question: KindQuestion): 'trunk' | 'extension' | null {
  const { same } = question;
  same.isShared ??= isShared(question);
  if (!same.isShared) return null;
  return kindOf(sideOf(question) ?? (wasCalledOutside(question) ? 'outside' : null));
}

function isShared({ same: { channels }, name, rules }: KindQuestion): boolean {
  const called = channels.filter((channel) => originOf(channel).cameIn).length;
  if (called === 0 || called === channels.length) return false;
  return channels.some((channel) => sideOf({ channel, name, rules }) === 'inside');
}

function kindOf(side: Side): 'trunk' | 'extension' | null {
  return side === null ? null : side === 'inside' ? 'extension' : 'trunk';
}

/** A caller and a called whose numbers are extensions are phones; a number that was sent on is no phone's own. */
function byExtensions(question: KindQuestion): KindFound {
  const { channel } = question;
  const { by } = channel.dialling ?? {};
  const asPair = (caller: Channel, called: Channel) => {
    const [from, to] = [seen(question, caller), seen(question, called)];
    if (from === null || to === null || leadsOut(question, caller) || leadsOut(question, called)) return false;
    const isCalled = targetOf(to)?.number == null && hasNumberOfOurs(to);
    return isCalled && sideOf(from) === 'inside' && !calledOutside(from);
  };
  const caller = by == null ? undefined : question.channels.get(by);
  if (caller && asPair(caller, channel)) return 'extension';
  const called = [...question.channels.values()].filter(({ dialling }) => dialling?.by === channel.uniqueid);
  return called.some((other) => asPair(channel, other)) ? 'extension' : null;
}

function seen({ rules }: KindQuestion, channel: Channel): Seen | null {
  const { parsed: name } = channel;
  return name === null || isLocal(name) ? null : { channel, name, rules };
}

function leadsOut({ known }: KindQuestion, { uniqueid }: Channel): boolean {
  const kind = known.get(uniqueid)?.kind;
  return kind !== undefined && kind !== 'extension';
}

function byNumberSent(question: KindQuestion): KindFound {
  return !originOf(question.channel).cameIn && sideOf(question) === 'outside' ? 'trunk' : null;
}

/** What opened in the context of a channel that is known is of its kind: never where those disagree, nor against its numbers. */
function byNeighbours(question: KindQuestion): KindFound {
  const { channel, channels, known } = question;
  const context = channel.opening?.context ?? null;
  if (context === null) return null;
  const neighbours = [...channels.values()].filter(({ opening }) => opening?.context === context);
  const kinds = new Set(neighbours.map(({ uniqueid }) => known.get(uniqueid)?.kind));
  const kind = kinds.has('extension') ? 'extension' : 'trunk';
  if (!kinds.has(kind) || (kinds.has('extension') && kinds.has('trunk'))) return null;
  const byNumber = kindOf(sideOf(question));
  // a caller may be anybody: a provider and its customers' phones can share a context
  const isMeant = originOf(channel).cameIn ? byNumber === kind : byNumber === null || byNumber === kind;
  return isMeant ? kind : null;
}

/** Who is dialled by its own name is a phone. */
function byName(question: KindQuestion): KindFound {
  const target = originOf(question.channel).cameIn ? null : targetOf(question);
  return target !== null && target.number === null ? 'extension' : null;
}

/** What neither called, nor was called, nor met anybody is nobody: it can be said of a channel that was heard from its opening on. */
function byAbsence(question: KindQuestion): KindFound {
  const { channel } = question;
  if (!channel.opening || channel.dialling || originOf(channel).cameIn || channel.isUp) return null;
  return farEndsOf(question).length === 0 ? 'other' : null;
}

/** What nothing else tells is a trunk, unless a trunk is at the other end: of its bridge, its dialling, its connected line. */
function byFarEnd(question: KindQuestion): KindFound {
  return meetsTrunk(question) ? 'extension' : 'trunk';
}

/** What is known as a trunk is at its other end. */
export function meetsTrunk(question: KindQuestion): boolean {
  return farEndsOf(question).some((uniqueid) => question.known.get(uniqueid)?.kind === 'trunk');
}

function farEndsOf({ channel, channels, contacts }: KindQuestion): string[] {
  const connected = contacts.of(channel.uniqueid).map((contact) => otherIn(contact, channel.uniqueid));
  const others = [...channels.values()].filter(
    (other) => other.dialling?.by === channel.uniqueid || mirror(channel, other),
  );
  return [...connected, ...others.map(({ uniqueid }) => uniqueid)];
}

/** Each shows the other's number as the one it is connected to. */
function mirror(a: Channel, b: Channel): boolean {
  const shows = (one: Channel, other: Channel) => [...one.connectedNumbers].some((n) => other.callerNumbers.has(n));
  return a !== b && shows(a, b) && shows(b, a);
}
