import { v5 as uuidv5 } from 'uuid';
import { callSettingsOf, type Rules } from './rules.ts';

/** Raised whenever the same facts give other rows. */
export const DERIVATION_VERSION = 6;

const RULES_NAMESPACE = '0b6b1f3e-52a6-4d0c-9b43-0a8a2f0d9c15';
const HASH_DIGITS = 12;

/** Every fold asks for it, and rules are never changed in place. */
const known = new WeakMap<Rules, string>();

/** What rows were computed with: code version and the hash of the canonical rules, `<n>-<hash>`. */
export function derivationOf(rules: Rules): string {
  const derivation = known.get(rules) ?? `${DERIVATION_VERSION}-${hashOf(rules)}`;
  known.set(rules, derivation);
  return derivation;
}

/** What of it decides what a call is: where two agree, one version's calls are the other's too. */
export function callDerivationOf(rules: Rules): string {
  return `${DERIVATION_VERSION}-${hashOf(callSettingsOf(rules))}`;
}

/** Whether rows were computed by a program that derives otherwise than this one, and later. */
export function isOfNewerProgram(derivation: string): boolean {
  return Number.parseInt(derivation, 10) > DERIVATION_VERSION;
}

function hashOf(rules: unknown): string {
  return uuidv5(canonicalJson(rules), RULES_NAMESPACE).replaceAll('-', '').slice(0, HASH_DIGITS);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
