/** What people dial before an outside number, and no rule knows (design §7). */
import { readNumber } from './phone/index.ts';
import { type Rules, rulesFor } from './rules.ts';

/** An outbound call of a phone. */
export type TypedCall = {
  readonly pbx: string;
  readonly dialled: string;
  /** null: what was sent to the provider was not understood */
  readonly e164: string | null;
};

export type UnknownPrefix = {
  readonly pbx: string;
  readonly prefix: string;
  /** in so many of the calls that were looked at */
  readonly calls: number;
};

/** Fewer may be mistyped. */
const LEAST_CALLS = 3;
const MOST_DIGITS = 3;
const MAX_PREFIXES = 20;

/** Those of most calls first. Empty where only numbers with `+` can be read. */
export function unknownPrefixes(calls: readonly TypedCall[], rules: Rules): readonly UnknownPrefix[] {
  const found = new Map<string, UnknownPrefix>();
  for (const call of calls) {
    const prefix = prefixOf(call, rules);
    if (prefix === null) continue;
    const key = `${call.pbx} ${prefix}`;
    found.set(key, { pbx: call.pbx, prefix, calls: (found.get(key)?.calls ?? 0) + 1 });
  }
  return [...found.values()]
    .filter((one) => one.calls >= LEAST_CALLS)
    .sort((a, b) => b.calls - a.calls || (a.prefix < b.prefix ? -1 : 1))
    .slice(0, MAX_PREFIXES);
}

/** The shortest without which it is the number that was called, or a number at all; null: none, or one of the rules. */
function prefixOf({ pbx, dialled, e164 }: TypedCall, rules: Rules): string | null {
  const { country, extension_patterns, outside_line_prefixes } = rulesFor(rules, pbx);
  if (country === null || !/^[0-9]+$/.test(dialled)) return null;
  const read = (digits: string) =>
    readNumber(digits, 'dialled', { country, extensionPatterns: extension_patterns }).e164;
  const whole = read(dialled);
  if (whole !== null && (e164 === null || whole === e164)) return null;
  for (let length = 1; length <= MOST_DIGITS; length += 1) {
    const number = read(dialled.slice(length));
    if (number === null || (e164 !== null && number !== e164)) continue;
    const prefix = dialled.slice(0, length);
    return outside_line_prefixes.some((one) => dialled.startsWith(one)) ? null : prefix;
  }
  return null;
}
