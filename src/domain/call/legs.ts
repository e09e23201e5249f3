/** The channels of a call and who spoke when, as a row shows them. */
import type { Leg, Segment } from '../entry.ts';
import type { Channel } from './channel.ts';
import type { Conversation } from './conversations.ts';
import { type Group, kindIn } from './group.ts';
import type { Ending } from './liveness.ts';
import { asText } from './times.ts';

/** A Local channel that removes itself from between two people parts them for less than this. */
const BLINK = 1_000_000;

export function legsOf(members: readonly Channel[], group: Group, endings: ReadonlyMap<string, Ending>): Leg[] {
  return members.map((channel) => ({
    channel: channel.name ?? '',
    uniqueid: channel.uniqueid,
    party: endpointOf(channel),
    kind: kindIn(group, channel.uniqueid),
    from: asText(channel.opening?.at ?? null),
    answered: asText(channel.upAt),
    to: asText(endings.get(channel.uniqueid)?.at ?? null),
    holds: channel.holds.map(({ from, to }) => ({ from: asText(from), to: asText(to) })),
  }));
}

/** Who spoke with the outside party, from when to when. */
export function segmentsOf(talks: readonly Conversation[], endings: ReadonlyMap<string, Ending>): Segment[] {
  const joined: Conversation[] = [];
  for (const talk of talks) {
    const before = joined.findLast(({ channel }) => channel === talk.channel);
    const isBlink = before?.to != null && talk.from !== null && talk.from - before.to <= BLINK;
    if (before && isBlink) joined[joined.indexOf(before)] = { ...before, to: talk.to };
    else joined.push(talk);
  }
  return joined.map(({ party, channel, uniqueid, from, to }) => ({
    party,
    channel,
    from: asText(from),
    to: asText(to ?? endings.get(uniqueid ?? '')?.at ?? null),
  }));
}

export function endpointOf(channel: Channel): string {
  return channel.parsed?.endpoint ?? '';
}
