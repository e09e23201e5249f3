/** Callers who do not want to be shown, and what would show them. */

import { type Channel, originOf } from '../channels/channel.ts';
import type { Group } from '../channels/group.ts';
import type { CallRules } from '../rules.ts';
import type { HeardEntry, OutsideNumber } from './heardCall.ts';

/** Shorter ones are no number of a person outside, and stand in much else. */
const LEAST_DIGITS = 6;
/** By so many last digits a number is found with other prefixes. */
const SUFFIX_DIGITS = 8;

/** Whether a trunk's channel is of a caller whose number the PBX has and may not present. The rules can say otherwise. */
export function isHidden(trunk: Channel, { show_withheld }: CallRules): boolean {
  return !show_withheld && trunk.isPresentationProhibited && originOf(trunk).cameIn;
}

/** What a trunk's channel that came in presented as its number. */
export function presentedOf({ opening, records, callerNumbers }: Channel): string | null {
  return opening ? opening.callerNumber : (records[0]?.source ?? [...callerNumbers][0] ?? null);
}

/**
 * Takes the numbers of hidden callers out of a text: channels of ISDN lines are named after them (`DAHDI/i1/6912345678-1`),
 * and call records hold them.
 */
export function hidingIn({ channels, rules }: Group): (text: string) => string {
  return hiding([...channels.values()].filter((channel) => isHidden(channel, rules)));
}

/** The same of these callers, whether they are hidden or not known to be. */
export function hiding(callers: readonly Channel[]): (text: string) => string {
  const digits = callers.map((channel) => (presentedOf(channel) ?? '').replace(/\D/g, ''));
  const ends = digits.filter((number) => number.length >= LEAST_DIGITS).map((number) => number.slice(-SUFFIX_DIGITS));
  if (ends.length === 0) return (text) => text;
  const numbers = new RegExp(`\\+?[0-9]*(?:${ends.join('|')})`, 'g');
  return (text) => text.replace(numbers, 'withheld');
}

/** Of a row by call records alone: they know the number, and not that it is hidden. */
export function withoutHidden(row: HeardEntry, hide: (text: string) => string): HeardEntry {
  const number = row.outside?.number ?? null;
  if (row.outside === null || number === null || hide(number) === number) return row;
  return { ...row, outside: withheldOf(row.outside), external_name: null };
}

/** The same without anything that tells the number. */
export function withheldOf(outside: OutsideNumber): OutsideNumber {
  return { ...outside, number: null, presented: null, isTyped: false, called: null, typed: null };
}
