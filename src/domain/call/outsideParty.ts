/** Number and name of the outside party (design §5). */

import { type Channel, originOf } from '../channels/channel.ts';
import { isWithheld } from '../phone/index.ts';
import type { PbxRules } from '../rules.ts';
import { isHidden, presentedOf } from './hiding.ts';

export type OutsideNumber = {
  /** as presented or sent; null: withheld, or not seen */
  readonly raw: string | null;
  readonly presented: string | null;
  readonly rule: string;
};

/** The rule of a number that the PBX knows, and that is not to be shown. */
export const WITHHELD_BY_PRESENTATION = 'withheld_by_presentation';

/** Inbound what the trunk presented first, outbound what was sent to the provider. */
export function numberOf(trunk: Channel, rules: PbxRules): OutsideNumber {
  const origin = originOf(trunk);
  if (!origin.cameIn) {
    const sent = dialledNumber(trunk.dialling?.dialString ?? null);
    if (sent !== null) return { raw: sent, presented: sent, rule: 'sent_to_provider' };
    const called = trunk.dialling?.number ?? [...trunk.callerNumbers][0] ?? null;
    return { raw: called, presented: called, rule: 'called_number_of_the_trunk' };
  }
  if (isHidden(trunk, rules)) return { raw: null, presented: null, rule: WITHHELD_BY_PRESENTATION };
  const presented = presentedOf(trunk);
  const rule = trunk.opening ? 'presented_first' : 'presented_later';
  if (presented === null || isWithheld(presented)) return { raw: null, presented, rule: 'withheld' };
  return { raw: presented, presented, rule };
}

/** What a phone typed, without the prefix of an outside line: the number, where nobody heard what was sent. */
export function typedNumber(exten: string, prefixes: readonly string[]): OutsideNumber {
  const longest = prefixes.filter((prefix) => exten.startsWith(prefix)).sort((a, b) => b.length - a.length)[0] ?? '';
  return { raw: exten.slice(longest.length), presented: exten, rule: 'typed_without_prefix' };
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
export function nameOf(trunk: Channel, rules: PbxRules): string | null {
  const isTold = originOf(trunk).cameIn && !isHidden(trunk, rules);
  const name = isTold ? (trunk.opening?.callerName ?? null) : null;
  if (name === null || isWithheld(name)) return null;
  const unescaped = name.replace(/\\(.)/gs, (_, character: string) => ESCAPED[character] ?? character);
  return unescaped.replace(/\\(["\\])/g, '$1');
}
