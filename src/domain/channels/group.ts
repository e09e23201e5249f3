/** Everything that is known of the channels of a group, before anything is decided about its calls. */
import type { Fact } from '../facts/fact.ts';
import { channelsMeant } from '../facts/grouping.ts';
import type { CallRules } from '../rules.ts';
import { type Ages, byAge } from './age.ts';
import type { Crowd, Crowds } from './bridge.ts';
import type { Channel } from './channel.ts';
import type { ChannelKind, KnownKind } from './channelKind.ts';
import { channelKindsOf, kindsByThemselves } from './channelKinds.ts';
import { channelsOf } from './channels.ts';
import { type Contacts, contactsOf } from './contacts.ts';
import { extensionsOf } from './extensions.ts';
import { type Movement, movementsOf } from './movements.ts';
import { sharedNumbersOf } from './sharedNumbers.ts';

export type Group = {
  readonly pbx: string;
  readonly rules: CallRules;
  /** oldest first */
  readonly channels: ReadonlyMap<string, Channel>;
  /** those of each of its calls, oldest first */
  readonly members: readonly (readonly Channel[])[];
  readonly ages: Ages;
  readonly movements: ReadonlyMap<string, readonly Movement[]>;
  readonly contacts: Contacts;
  readonly channelKinds: ReadonlyMap<string, KnownKind>;
  /** who each phone is */
  readonly extensions: ReadonlyMap<string, string>;
};

/** `facts` in order, all of one PBX; `calls`: the same, of each call. */
export function groupOf(
  pbx: string,
  facts: readonly Fact[],
  { calls, rules }: { readonly calls: readonly (readonly Fact[])[]; readonly rules: CallRules },
): Group {
  const channels = channelsOf(facts);
  const callOf = callsOfChannels(calls);
  const movements = movementsOf(facts);
  const kinds = kindsByThemselves(channels, rules);
  const contacts = contactsOf(movements, channels, crowdsIn(callOf, kinds, rules));
  const channelKinds = channelKindsOf(channels, { contacts, rules, kinds });
  const sharedNumbers = sharedNumbersOf(channels, channelKinds);
  return {
    pbx,
    rules,
    channels,
    members: membersOf(calls.length, channels, callOf),
    ages: byAge(channels),
    movements: ofEachChannel(movements),
    contacts,
    channelKinds,
    extensions: extensionsOf(channels, { channelKinds, rules, sharedNumbers }),
  };
}

export function kindIn(group: Group, uniqueid: string): ChannelKind {
  return group.channelKinds.get(uniqueid)?.kind ?? 'other';
}

/** By uniqueid the number of the call; none: there is but one. */
function callsOfChannels(calls: readonly (readonly Fact[])[]): ReadonlyMap<string, number> {
  const callOf = new Map<string, number>();
  if (calls.length < 2) return callOf;
  for (const [nth, call] of calls.entries()) {
    for (const fact of call) for (const { uniqueid } of channelsMeant(fact)) callOf.set(uniqueid, nth);
  }
  return callOf;
}

function membersOf(
  calls: number,
  channels: ReadonlyMap<string, Channel>,
  callOf: ReadonlyMap<string, number>,
): Channel[][] {
  const members = Array.from({ length: calls }, (): Channel[] => []);
  for (const channel of channels.values()) members[callOf.get(channel.uniqueid) ?? 0]?.push(channel);
  return members;
}

/** Of trunks of several calls that meet in a conference nothing is told, and of phones only where internal calls are. */
function crowdsIn(
  callOf: ReadonlyMap<string, number>,
  kinds: ReadonlyMap<string, KnownKind>,
  { log_internal }: CallRules,
): Crowds {
  const crowds = new Map<string, Crowd>();
  for (const [uniqueid, call] of callOf) {
    const kind = kinds.get(uniqueid)?.kind;
    if (kind === 'trunk' || (kind === 'extension' && !log_internal)) crowds.set(uniqueid, { kind, call });
  }
  return crowds;
}

function ofEachChannel(movements: readonly Movement[]): ReadonlyMap<string, readonly Movement[]> {
  const byChannel = new Map<string, Movement[]>();
  for (const movement of movements) {
    const its = byChannel.get(movement.uniqueid);
    if (its) its.push(movement);
    else byChannel.set(movement.uniqueid, [movement]);
  }
  return byChannel;
}
