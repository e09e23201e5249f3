/** To which customer a call belongs (design §6): a function of the call and of who held its number when. */
import type { HeldNumber } from './customers.ts';
import type { CallEntry, Match } from './entry.ts';
import { matchesDigits } from './pattern.ts';
import { lookupKey, readNumber } from './phone/index.ts';
import { type Rules, rulesFor } from './rules.ts';
import { earliest, fromRfc3339, type Micros } from './time.ts';

/** What of a call decides; finished and in progress alike. */
export type Matchable = Pick<CallEntry, 'external_number' | 'external_number_raw' | 'did' | 'occurred_at'>;

export type OwnedNumber = Pick<HeldNumber, 'number' | 'e164' | 'validFrom' | 'holdsFrom' | 'holdsTo' | 'importId'> & {
  readonly customerId: string;
};

/** What a person decided; `customerId` null: the call is nobody's. It wins over every rule. */
export type Assignment = { readonly customerId: string | null };

export type Matched = { readonly customer_id: string | null; readonly match: Match };

/** The rules of one PBX, made ready for many calls. */
export type MatchingRules = {
  readonly order: Rules['matching'];
  readonly country: string | null;
  readonly extensionPatterns: readonly string[];
  readonly ownNumbers: ReadonlySet<string>;
};

export function matchingRulesFor(rules: Rules, pbx: string): MatchingRules {
  const { matching, country, extension_patterns, own_numbers } = rulesFor(rules, pbx);
  const ownNumbers = own_numbers
    .map((number) => readNumber(number, 'customer', { country }).e164)
    .filter((number) => number !== null);
  return { order: matching, country, extensionPatterns: extension_patterns, ownNumbers: new Set(ownNumbers) };
}

/**
 * Whose call it is, and why. `owned` are the numbers of all customers and times; those without the call's `lookupKey`
 * do not matter.
 * A number that is the same only in its last digits never decides; it is suggested as a candidate.
 */
export function matchEntry(
  call: Matchable,
  owned: readonly OwnedNumber[],
  { assignment, rules }: { readonly assignment: Assignment | null; readonly rules: MatchingRules },
): Matched {
  const number = call.external_number;
  const because = (status: Match['status'], rule: string, candidates: Match['candidates'] = []): Matched => ({
    customer_id: status === 'matched' ? (candidates[0]?.customer_id ?? null) : null,
    match: { status, rule, number, candidates },
  });

  if (assignment) return matchByPerson(assignment, number);
  if (call.external_number_raw === null) return because('withheld', 'withheld');
  if (isExtension(call.external_number_raw, rules)) return because('unmatched', 'extension');
  if (number !== null && rules.ownNumbers.has(number)) return because('own_number', 'own_number');
  if (number !== null && number === readNumber(call.did, 'trunk', { country: rules.country }).e164)
    return because('own_number', 'own_did');

  const at = call.occurred_at === null ? null : fromRfc3339(call.occurred_at);
  const held = importedAtOnce(owned.filter((one) => number !== null && one.e164 === number && isNotEmpty(one)));
  for (const rule of rules.order) {
    const candidates = distinct(RULES[rule](held, at), rule);
    if (candidates.length === 1) return because('matched', rule, candidates);
    if (candidates.length > 1) return because('ambiguous', rule, candidates);
  }
  const key = lookupKey(call.external_number_raw, number);
  const alike = owned.filter((one) => key !== null && lookupKey(one.number, one.e164) === key);
  return because(
    'unmatched',
    number === null ? 'number_not_valid' : 'nobody_holds_it',
    distinct(alike, 'national_suffix'),
  );
}

/** Whose a call of this number is that a person decided on. */
export function matchByPerson({ customerId }: Assignment, number: string | null): Matched {
  const status = customerId === null ? 'unmatched' : 'assigned';
  return { customer_id: customerId, match: { status, rule: 'person', number, candidates: [] } };
}

const RULES: Readonly<
  Record<Rules['matching'][number], (held: readonly OwnedNumber[], at: Micros | null) => readonly OwnedNumber[]>
> = {
  number_at_the_time: (held, at) =>
    held.filter((one) => at !== null && one.holdsFrom <= at && (one.holdsTo === null || at < one.holdsTo)),
  later_owner: (held, at) => {
    const later = held.filter((one) => at !== null && one.holdsFrom > at);
    const first = later.reduce((least, one) => Math.min(least, one.validFrom ?? least), Number.POSITIVE_INFINITY);
    // when a number without `from` was written says nothing about who had it before
    return later.filter((one) => one.validFrom === null || one.validFrom === first);
  },
};

/** An import is written customer by customer: its numbers without `from` are held from its first one on. */
function importedAtOnce(held: readonly OwnedNumber[]): readonly OwnedNumber[] {
  const begins = new Map<string, Micros>();
  for (const { importId, validFrom, holdsFrom } of held) {
    if (importId !== null && validFrom === null)
      begins.set(importId, earliest(begins.get(importId) ?? holdsFrom, holdsFrom));
  }
  return held.map((one) => {
    const begin = one.importId === null || one.validFrom !== null ? undefined : begins.get(one.importId);
    return begin === undefined ? one : { ...one, holdsFrom: begin };
  });
}

function isExtension(raw: string, rules: MatchingRules): boolean {
  return rules.extensionPatterns.some((pattern) => matchesDigits(pattern, raw));
}

function isNotEmpty(one: OwnedNumber): boolean {
  return one.holdsTo === null || one.holdsFrom < one.holdsTo;
}

/** Each customer once, in the order of their ids: whatever order the facts came in. */
function distinct(owned: readonly OwnedNumber[], rule: string): Match['candidates'] {
  const ids = [...new Set(owned.map((one) => one.customerId))].sort();
  return ids.map((customer_id) => ({ customer_id, rule }));
}
