/** Everything that is decided about one call, question by question. */

import { type Channel, dialledOn, endpointOf } from '../channels/channel.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Ending } from '../channels/liveness.ts';
import { byPlace } from '../facts/hearing.ts';
import type { CallToLog } from './callsToLog.ts';
import { type Conversation, thatCount } from './conversations.ts';
import { gaveUpBy } from './gaveUp.ts';
import { type ByMachine, handledByMachine } from './handledByMachine.ts';
import type { OutsideNumber } from './heardCall.ts';
import { type Decided, inboundOutcome, outboundOutcome } from './outcome.ts';
import { nameOf, outsideNumberOf } from './outsideParty.ts';
import { queuesOf } from './queues.ts';
import { talkEndOf } from './talkEnd.ts';
import { type Times, timesOf } from './times.ts';
import { type Voicemail, voicemailOf } from './voicemail.ts';

export type Decisions = {
  /** the conversations that count, in order; none: no person answered */
  readonly talks: readonly Conversation[];
  readonly outcome: Decided;
  readonly byMachine: ByMachine;
  readonly times: Times;
  /** null: nobody outside */
  readonly outside: OutsideNumber | null;
  readonly externalName: string | null;
  readonly did: string | null;
  readonly dialled: string | null;
  readonly trunk: string | null;
  readonly extensions: readonly string[];
  readonly rang: readonly string[];
  readonly queues: readonly string[];
};

export function decide(call: CallToLog, group: Group, endings: ReadonlyMap<string, Ending>): Decisions {
  const { party, members, direction } = call;
  const isOutside = direction !== 'internal';
  const phones = members.filter(({ uniqueid, dialling }) => dialling && kindIn(group, uniqueid) === 'extension');
  const locals = members.filter(({ uniqueid }) => kindIn(group, uniqueid) === 'local');
  const talks = thatCount(call.conversations);
  const voicemail = talks.length > 0 ? null : voicemailOf(party, { phones, locals }, group.rules);
  const byMachine = handledByMachine(call, talks, group);
  const talkedUntil = talks.length > 0 ? talkEndOf(call, group, endings) : null;
  const found = { talks, voicemail, byMachine, talkedUntil };
  const about = { isInbound: direction === 'inbound', typed: typedIn(call) };
  const outside = isOutside ? outsideNumberOf(party, about, group.rules) : null;
  return {
    talks,
    outcome: outcomeOf(call, found),
    byMachine,
    times: timesOf(call, found, endings.get(party.uniqueid) ?? null),
    outside,
    externalName: isOutside ? nameOf(party, group.rules) : null,
    did: direction === 'inbound' ? numberIn(dialledOn(party)) : null,
    dialled: dialledIn(call, outside),
    trunk: isOutside ? endpointOf(party) : null,
    extensions: distinct([
      ...(direction === 'internal' && talks.length > 0
        ? [group.extensions.get(party.uniqueid) ?? endpointOf(party)]
        : []),
      ...talks.flatMap((talk) => (talk.isOutside ? [] : [talk.party])),
    ]),
    rang: distinct(
      phones
        .filter(({ rang }) => rang)
        .sort(byRinging)
        .map((phone) => group.extensions.get(phone.uniqueid) ?? endpointOf(phone)),
    ),
    queues: queuesOf(direction === 'inbound' ? [party, ...locals] : [party], group.rules),
  };
}

type Found = Pick<Decisions, 'talks' | 'byMachine'> & { readonly voicemail: Voicemail | null };

function outcomeOf({ direction, party, members }: CallToLog, { talks, voicemail, byMachine }: Found): Decided {
  if (talks.length > 0) return { outcome: 'answered', rule: 'a_person_spoke' };
  if (direction !== 'outbound') return inboundOutcome(party, voicemail, gaveUpBy(party, members));
  return byMachine.isSo ? { outcome: 'missed', rule: 'handled_by_a_machine' } : outboundOutcome(party);
}

function typedIn({ placedBy, beginning }: CallToLog): string | null {
  return placedBy === 'phone' && beginning ? dialledOn(beginning) : null;
}

/** What was typed, with the prefix of an outside line; of a click-to-call the number itself. */
function dialledIn({ direction, placedBy, beginning }: CallToLog, outside: OutsideNumber | null): string | null {
  if (direction === 'inbound' || placedBy === 'unheard') return null;
  if (placedBy === 'phone') return beginning && dialledOn(beginning);
  return outside?.number ?? null;
}

/** A DID has digits; `s` is what Asterisk calls a call without one. */
function numberIn(exten: string | null): string | null {
  return exten !== null && /\d/.test(exten) ? exten : null;
}

/** As the PBX said it: frames that are read together have one time. */
function byRinging({ rang: a }: Channel, { rang: b }: Channel): number {
  return a === null || b === null ? 0 : byPlace(a, b);
}

function distinct(parties: readonly string[]): string[] {
  return [...new Set(parties)];
}
