/** Which calls of the log channels that were joined are: each has one party outside (design §5). */
import { compareCallIds } from '../callId.ts';
import { type Channel, originOf } from './channel.ts';
import { type Conversation, conversationsOf } from './conversations.ts';
import { type Group, kindIn } from './group.ts';

/** A row to be: who was outside, and where it began. */
export type CallToLog = {
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly directionRule: string;
  /** the oldest Linkedid, or its own */
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

/**
 * `members`: the channels that were joined, oldest first. Calls that never left the house are left out unless the rules
 * log them.
 */
export function callsToLog(group: Group, members: readonly Channel[]): CallToLog[] {
  const ids = new Set(members.map(({ uniqueid }) => uniqueid));
  const talks = (channel: Channel) => conversationsOf(group, channel, ids);
  const id = oldestLinkedid(members);
  const trunks = members.filter(({ uniqueid }) => kindIn(group, uniqueid) === 'trunk');
  const [first] = trunks;
  if (!first) return group.rules.log_internal ? internal(group, members, id, talks) : [];
  const main = originOf(first).cameIn ? inbound(first, talks) : outbound(group, { members, trunks, first }, talks);
  const own = trunks.filter((trunk) => trunk !== first && originOf(trunk).cameIn && hadPhone(talks(trunk)));
  const ownOf = (channel: Channel) => own.find(({ uniqueid }) => linkedidAtOpening(channel) === uniqueid);
  return [
    { ...main, id, idRule: 'oldest_linkedid', members: members.filter((channel) => !ownOf(channel)) },
    ...own.map((trunk): CallToLog => {
      const its = members.filter((channel) => ownOf(channel) === trunk);
      return { ...inbound(trunk, talks), id: trunk.uniqueid, idRule: 'own_linkedid', members: its };
    }),
  ];
}

type Main = Omit<CallToLog, 'id' | 'idRule' | 'members'>;
type Talks = (channel: Channel) => Conversation[];

function inbound(party: Channel, talks: Talks): Main {
  const directionRule = originOf(party).rule;
  return {
    direction: 'inbound',
    directionRule,
    party,
    beginningId: party.uniqueid,
    beginning: party,
    placedBy: 'unheard',
    conversations: talks(party),
  };
}

type Trunks = { readonly members: readonly Channel[]; readonly trunks: readonly Channel[]; readonly first: Channel };

/** The outside party is the first trunk that was connected with a phone inside, else with anybody, else the last dialled. */
function outbound(group: Group, { members, trunks, first }: Trunks, talks: Talks): Main {
  const dialled = trunks.filter((trunk) => !originOf(trunk).cameIn);
  const party =
    dialled.find((trunk) => hadPhone(talks(trunk))) ??
    dialled.findLast((trunk) => talks(trunk).length > 0) ??
    dialled.at(-1) ??
    first;
  const beginningId = linkedidAtOpening(first) ?? first.uniqueid;
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

function internal(group: Group, members: readonly Channel[], id: string, talks: Talks): CallToLog[] {
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

function linkedidAtOpening({ opening, linkedids }: Channel): string | null {
  return opening?.linkedid ?? [...linkedids][0] ?? null;
}

function hadPhone(conversations: readonly Conversation[]): boolean {
  return conversations.some(({ isOutside }) => !isOutside);
}

function oldestLinkedid(members: readonly Channel[]): string {
  const ids = members.flatMap(({ uniqueid, linkedids }) => (linkedids.size > 0 ? [...linkedids] : [uniqueid]));
  return ids.sort(compareCallIds)[0] ?? '';
}
