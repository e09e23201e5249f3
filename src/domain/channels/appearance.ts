/** What a channel's numbers tell of it where no rule knows it. */
import { isExtension } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import { type Channel, dialledOn, originOf } from './channel.ts';
import type { ChannelName } from './channelName.ts';
import { type Dialled, readTarget } from './dialTarget.ts';

export type Seen = {
  readonly channel: Channel;
  readonly name: ChannelName;
  readonly rules: CallRules;
};

/** One of ours, somebody outside; null: its numbers do not tell. */
export type Side = 'inside' | 'outside' | null;

/** Who called is who it presents, else one of ours where it called one of ours; who was called is what was dialled. */
export function sideOf(seen: Seen): Side {
  const { channel, name, rules } = seen;
  if (originOf(channel).cameIn) {
    const number = presentedBy(channel);
    if (number === null) return isOurs(dialledOn(channel), rules) ? 'inside' : null;
    return number === name.endpoint || isOurs(number, rules) ? 'inside' : 'outside';
  }
  const target = targetOf(seen);
  if (target?.number != null) return isOurs(target.number, rules) ? 'inside' : 'outside';
  return target !== null || hasNumberOfOurs(seen) ? 'inside' : null;
}

/** How it was dialled; null: it was not, or by another's name. */
export function targetOf({ channel, name }: Seen): Dialled | null {
  const { dialling } = channel;
  return dialling?.dialString == null ? null : readTarget(dialling.dialString, name.endpoint, true);
}

/** What it presents, or was called as, is one of our extensions. */
export function hasNumberOfOurs({ channel, rules }: Seen): boolean {
  if (originOf(channel).cameIn) return isOurs(presentedBy(channel), rules);
  return [...channel.callerNumbers].some((number) => isOurs(number, rules));
}

/** It has shown an extension, or the number that its endpoint is named after, at some time. */
export function showsExtension({ channel, name, rules }: Seen): boolean {
  const shown = [...channel.callerNumbers, ...channel.records.map(({ source }) => source)];
  return shown.some((number) => number !== null && (number === name.endpoint || isOurs(number, rules)));
}

/** It called a number that is none of ours. */
export function calledOutside({ channel, rules }: Seen): boolean {
  return isOutside(dialledOn(channel), rules);
}

/** It was called before anybody listened, and shows numbers that are none of ours: what was called. */
export function wasCalledOutside(seen: Seen): boolean {
  const { callerNumbers, dialling } = seen.channel;
  const isUnheard = dialling?.dialString == null && !originOf(seen.channel).cameIn;
  return isUnheard && callerNumbers.size > 0 && !hasNumberOfOurs(seen);
}

/** It called a number that is none of ours, as its call records tell. */
export function isRecordedCallingOut({ channel, rules }: Seen): boolean {
  return channel.records.some(({ destination }) => isOutside(destination, rules));
}

function isOutside(dialled: string | null, rules: CallRules): boolean {
  return dialled !== null && /^\+?[0-9]+$/.test(dialled) && !isOurs(dialled, rules);
}

function presentedBy({ opening, callerNumbers }: Channel): string | null {
  return opening?.callerNumber ?? [...callerNumbers][0] ?? null;
}

function isOurs(number: string | null, { extension_patterns }: Seen['rules']): boolean {
  return isExtension(number, extension_patterns);
}
