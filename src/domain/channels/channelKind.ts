/** What a channel can lead to, and what is asked to find it out. */
import type { CallRules } from '../rules.ts';
import type { Channel } from './channel.ts';
import type { ChannelName } from './channelName.ts';
import type { Contacts } from './contacts.ts';

export type ChannelKind = 'trunk' | 'extension' | 'machine' | 'local' | 'other';
export type KnownKind = {
  readonly kind: ChannelKind;
  readonly rule: string;
  /** neither a rule nor the channel itself told it */
  readonly isGuessed: boolean;
};

/** The channels that lead to the same, oldest first. */
export type Endpoint = {
  readonly channels: readonly Channel[];
  /** whether it is one of phones and of a provider; undefined: nobody has asked yet */
  isShared?: boolean;
};

export type KindQuestion = {
  readonly channel: Channel;
  readonly name: ChannelName;
  readonly rules: CallRules;
  readonly channels: ReadonlyMap<string, Channel>;
  /** the channels of the same endpoint, itself among them */
  readonly same: Endpoint;
  readonly contacts: Contacts;
  /** what is known so far */
  readonly known: ReadonlyMap<string, KnownKind>;
};

export type KindFound = 'trunk' | 'extension' | 'other' | null;
