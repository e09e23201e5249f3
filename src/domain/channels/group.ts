/** Everything that is known of the channels of a group, before anything is decided about its calls. */
import type { Fact } from '../facts/fact.ts';
import type { CallRules } from '../rules.ts';
import type { Channel } from './channel.ts';
import type { ChannelKind, KnownKind } from './channelKind.ts';
import { channelKindsOf } from './channelKinds.ts';
import { channelsOf } from './channels.ts';
import { type Contacts, contactsOf } from './contacts.ts';
import { type Movement, movementsOf } from './movements.ts';
import { sharedNumbersOf } from './sharedNumbers.ts';

export type Group = {
  readonly pbx: string;
  readonly rules: CallRules;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly movements: readonly Movement[];
  readonly contacts: Contacts;
  readonly channelKinds: ReadonlyMap<string, KnownKind>;
  /** that are no phone's own */
  readonly sharedNumbers: ReadonlySet<string>;
};

/** `facts` in order, all of one PBX. */
export function groupOf(pbx: string, facts: readonly Fact[], rules: CallRules): Group {
  const channels = channelsOf(facts);
  const movements = movementsOf(facts);
  const contacts = contactsOf(movements, channels);
  const channelKinds = channelKindsOf(channels, contacts, rules);
  const sharedNumbers = sharedNumbersOf(channels, channelKinds);
  return { pbx, rules, channels, movements, contacts, channelKinds, sharedNumbers };
}

export function kindIn(group: Group, uniqueid: string): ChannelKind {
  return group.channelKinds.get(uniqueid)?.kind ?? 'other';
}
