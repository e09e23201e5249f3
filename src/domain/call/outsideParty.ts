/** Number and name of the outside party (design §5). */

import { type Channel, endpointOf, originOf } from '../channels/channel.ts';
import { isWithheld } from '../phone/index.ts';
import type { CallRules } from '../rules.ts';
import type { OutsideNumber } from './heardCall.ts';
import { isHidden, presentedOf } from './hiding.ts';

/** Where the number was found. */
type Found = Pick<OutsideNumber, 'number' | 'presented' | 'rule' | 'source'>;

/** The rule of a number that the PBX knows, and that is not to be shown. */
export const WITHHELD_BY_PRESENTATION = 'withheld_by_presentation';

/** Inbound what the trunk presented first; outbound what was sent to the provider, where nobody heard that what was typed. */
export function outsideNumberOf(
  trunk: Channel,
  { isInbound, typed }: { readonly isInbound: boolean; readonly typed: string | null },
  rules: CallRules,
): OutsideNumber {
  const endpoint = endpointOf(trunk);
  const found = numberOf(trunk, rules);
  if (isInbound) return presentedOn(endpoint, found);
  const called = trunk.dialling?.number ?? null;
  return calledOn(endpoint, found, { called, typed, typedRule: 'typed_without_prefix' });
}

/** The number of a call that came in. */
export function presentedOn(trunk: string, found: Found): OutsideNumber {
  return { ...found, way: 'presented', trunk, isTyped: false, called: null, typed: null };
}

type Called = Pick<OutsideNumber, 'called' | 'typed'> & { readonly typedRule: string };

/** The number of a call that went out: `found` is what was sent. */
export function calledOn(trunk: string, found: Found, { called, typed, typedRule }: Called): OutsideNumber {
  const isTyped = found.number === null && typed !== null;
  const known = isTyped ? { ...found, number: typed, presented: typed, rule: typedRule } : found;
  return { ...known, way: 'called', trunk, isTyped, called, typed };
}

/** What a trunk's channel presented, or was sent. */
export function numberOf(trunk: Channel, rules: CallRules): Found {
  return originOf(trunk).cameIn ? presentedFirst(trunk, rules) : sentTo(trunk);
}

function presentedFirst(trunk: Channel, rules: CallRules): Found {
  if (isHidden(trunk, rules)) return { number: null, presented: null, rule: WITHHELD_BY_PRESENTATION, source: 'pbx' };
  const presented = presentedOf(trunk);
  const rule = trunk.opening ? 'presented_first' : 'presented_later';
  if (presented === null || isWithheld(presented)) return { number: null, presented, rule: 'withheld', source: 'pbx' };
  return { number: presented, presented, rule, source: 'pbx' };
}

function sentTo(trunk: Channel): Found {
  const sent = dialledNumber(trunk.dialling?.dialString ?? null);
  if (sent !== null) return { number: sent, presented: sent, rule: 'sent_to_provider', source: 'pbx' };
  const called = trunk.dialling?.number ?? [...trunk.callerNumbers][0] ?? null;
  return { number: called, presented: called, rule: 'called_number_of_the_trunk', source: 'pbx' };
}

/** `6945556678@provider`, `provider/sip:6945556678@host`, `g0/6945556678`, `user@trunk/6945556678` → `6945556678`. */
function dialledNumber(dialString: string | null): string | null {
  const parts = (dialString ?? '').split('/').map((part) => /^(?:[a-z]+:)?([^@]*)/.exec(part)?.[1] ?? '');
  return parts.findLast((part) => /^[0-9*#+]{2,}$/.test(part)) ?? null;
}

const ESCAPED: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * The name that the trunk presented. Asterisk escapes it as in C; the quotes and backslashes of a SIP display name had been
 * escaped before.
 */
export function nameOf(trunk: Channel, rules: CallRules): string | null {
  const isTold = originOf(trunk).cameIn && !isHidden(trunk, rules);
  const name = isTold ? (trunk.opening?.callerName ?? null) : null;
  if (name === null || isWithheld(name)) return null;
  const unescaped = name.replace(/\\(.)/gs, (_, character: string) => ESCAPED[character] ?? character);
  return unescaped.replace(/\\(["\\])/g, '$1');
}
