/** Which calls of the log channels that were joined are: each has one party outside (design §5). */
import { type Channel, originOf } from '../channels/channel.ts';
import { type Group, kindIn } from '../channels/group.ts';
import { type Conversation, conversationsOf, hadPhone } from './conversations.ts';
import type { OwnPart } from './ownParts.ts';

/** A row to be: who was outside, and where it began. */
export type CallToLog = {
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly directionRule: string;
  /** the Linkedid that its trunk came in with, or that its phone had; see `OwnPart` */
  readonly id: string;
  readonly idRule: 'oldest_linkedid' | 'own_linkedid';
  /** the trunk's channel; of an internal call the caller's */
  readonly party: Channel;
  /** the channel with whose opening the call began; null: it was never heard */
  readonly beginningId: string;
  readonly beginning: Channel | null;
  /** who had the outside dialled: a phone, the PBX for somebody (click-to-call), or somebody we had not heard */
  readonly placedBy: 'phone' | 'pbx' | 'unheard';
  readonly conversations: readonly Conversation[];
  /** the channels that are shown as its legs */
  readonly members: readonly Channel[];
};

/** The call of a part; none: it never left the house, and the rules do not log those. */
export function callsToLog(group: Group, part: OwnPart): CallToLog[] {
  const members = channelsIn(group, part.members);
  const ids = new Set(part.members);
  const talks = (channel: Channel) => conversationsOf(group, channel, ids);
  const outside = channelsIn(group, part.outside);
  const [first] = outside;
  if (!first) return group.rules.log_internal ? internal(group, part, members, talks) : [];
  const call = originOf(first).cameIn
    ? inbound(first, talks)
    : outbound(group, { part, members, outside, first }, talks);
  const idRule = part.id === first.uniqueid ? 'own_linkedid' : 'oldest_linkedid';
  return [{ ...call, id: part.id, idRule, members }];
}

type Talks = (channel: Channel) => Conversation[];

type Decided = Omit<CallToLog, 'id' | 'idRule' | 'members'>;

function inbound(party: Channel, talks: Talks): Decided {
  return {
    direction: 'inbound',
    directionRule: originOf(party).rule,
    party,
    beginningId: party.uniqueid,
    beginning: party,
    placedBy: 'unheard',
    conversations: talks(party),
  };
}

type Dialled = {
  readonly part: OwnPart;
  readonly members: readonly Channel[];
  readonly outside: readonly Channel[];
  readonly first: Channel;
};

/** The outside party is the first trunk that was connected with a phone inside, else with anybody, else the last dialled. */
function outbound(group: Group, { part: { beginningId }, members, outside, first }: Dialled, talks: Talks): Decided {
  const party =
    outside.find(({ uniqueid }) => hadPhone(group, uniqueid)) ??
    outside.findLast((trunk) => talks(trunk).length > 0) ??
    outside.at(-1) ??
    first;
  const opener = members.find(({ uniqueid }) => uniqueid === beginningId) ?? null;
  return {
    direction: 'outbound',
    directionRule: originOf(first).rule,
    party,
    beginningId,
    beginning: opener,
    placedBy: opener ? placedBy(group, opener) : 'unheard',
    conversations: talks(party),
  };
}

function placedBy(group: Group, opener: Channel): CallToLog['placedBy'] {
  if (kindIn(group, opener.uniqueid) === 'extension' && originOf(opener).cameIn) return 'phone';
  return opener.opening ? 'pbx' : 'unheard';
}

function internal(group: Group, { id }: OwnPart, members: readonly Channel[], talks: Talks): CallToLog[] {
  const phones = members.filter(({ uniqueid }) => kindIn(group, uniqueid) === 'extension');
  const party = phones.find(({ uniqueid }) => uniqueid === id) ?? phones[0];
  if (!party) return [];
  return [
    {
      direction: 'internal',
      directionRule: 'no_trunk',
      id,
      idRule: 'oldest_linkedid',
      party,
      beginningId: party.uniqueid,
      beginning: party,
      placedBy: placedBy(group, party),
      conversations: talks(party),
      members,
    },
  ];
}

function channelsIn({ channels }: Group, ids: readonly string[]): Channel[] {
  return ids.flatMap((id) => channels.get(id) ?? []);
}
