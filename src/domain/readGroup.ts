/** What was heard of the number outside → what it means: the half of the derivation that needs no facts (design §12). */
import { type FoldContext, type FoldedGroup, foldGroup } from './call/foldGroup.ts';
import type { HeardEntry, HeardInProgress, OutsideNumber } from './call/heardCall.ts';
import { derivationOf } from './derivation.ts';
import type { CallEntry, CurrentCall, Reason } from './entry.ts';
import type { Fact } from './facts/fact.ts';
import { type ReadNumber, readNumber, readSent } from './phone/index.ts';
import { type PbxRules, type Rules, rulesFor, trunkRulesFor } from './rules.ts';
import { shortText } from './shortText.ts';

/** A call in progress, before it is known whose it is. */
export type CallInProgress = Omit<CurrentCall, 'customer_id' | 'match'>;

/** A call whose number was read, and what it was read of. */
export type ReadCall<Call> = Call & { readonly outside: OutsideNumber | null };

export type ReadGroup = Omit<FoldedGroup, 'entries' | 'current'> & {
  readonly entries: readonly ReadCall<CallEntry>[];
  readonly current: readonly ReadCall<CallInProgress>[];
};

/** Both halves: the facts of one group → its calls, but for whose they are. */
export function foldAndRead(facts: readonly Fact[], context: FoldContext): ReadGroup {
  return readGroup(foldGroup(facts, context), context.rules);
}

/** The calls of a group with their numbers as one country's rules read them. */
export function readGroup({ entries, current, ...folded }: FoldedGroup, rules: Rules): ReadGroup {
  const derivation = derivationOf(rules);
  return {
    ...folded,
    entries: entries.map((entry) => readEntry(entry, rulesFor(rules, entry.pbx), derivation)),
    current: current.map((call) => readInProgress(call, rulesFor(rules, call.pbx))),
  };
}

function readEntry(entry: HeardEntry, rules: PbxRules, derivation: string): ReadCall<CallEntry> {
  const { reason, ...columns } = readOutside(entry.outside, rules);
  return { ...entry, ...columns, why: { external_number: reason, ...entry.why }, derivation };
}

function readInProgress(call: HeardInProgress, rules: PbxRules): ReadCall<CallInProgress> {
  const { external_number, external_number_raw } = readOutside(call.outside, rules);
  return { ...call, external_number, external_number_raw };
}

export type ReadOutside = Pick<CallEntry, 'external_number' | 'external_number_raw'> & { readonly reason: Reason };

/** The columns of the number outside, and why; `outside` null: nobody was. */
export function readOutside(outside: OutsideNumber | null, rules: PbxRules): ReadOutside {
  const { country } = rules;
  if (outside === null) {
    const reason = { rule: 'nobody_outside', inputs: { presented: null, country } };
    return { external_number: null, external_number_raw: null, reason };
  }
  const { rule, presented, source } = outside;
  const raw = outside.isTyped ? withoutPrefix(outside.number, rules) : outside.number;
  const { e164, inputs } =
    outside.way === 'presented' ? readPresented(raw, outside, rules) : readCalled(raw, outside, rules);
  const reason = { rule, inputs: { presented, country, ...inputs, ...(source === 'cdr' ? { source } : {}) } };
  return { external_number: e164, external_number_raw: raw, reason };
}

/** What a phone typed, without the prefix of an outside line: the number, where nobody heard what was sent. */
function withoutPrefix(typed: string | null, { outside_line_prefixes: prefixes }: PbxRules): string | null {
  const longest = prefixes.filter((prefix) => typed?.startsWith(prefix)).sort((a, b) => b.length - a.length)[0] ?? '';
  return typed === null ? null : typed.slice(longest.length);
}

type Read = { readonly e164: string | null; readonly inputs: Readonly<Record<string, unknown>> };

function readPresented(raw: string | null, { trunk }: OutsideNumber, rules: PbxRules): Read {
  if (raw === null) return { e164: null, inputs: {} };
  const { numbers: trunkForm = null } = trunkRulesFor(rules, trunk);
  return toldOf(readNumber(raw, 'trunk', { ...howIn(rules), trunkForm }));
}

function readCalled(raw: string | null, { trunk, called, typed }: OutsideNumber, rules: PbxRules): Read {
  const { numbers: trunkForm = null, prefixes: trunkPrefixes = [] } = trunkRulesFor(rules, trunk);
  const outsideLinePrefixes = rules.outside_line_prefixes;
  const as = { ...howIn(rules), trunkForm, trunkPrefixes, outsideLinePrefixes };
  const { takenOff, agreesWith, ...read } = readSent({ sent: raw, called, typed }, as);
  const { e164, inputs } = toldOf(read);
  return {
    e164,
    inputs: {
      ...inputs,
      ...(takenOff === null ? {} : { taken_off: shortText(takenOff) }),
      ...(agreesWith === null ? {} : { agrees_with: agreesWith }),
    },
  };
}

function howIn({ country, extension_patterns }: PbxRules) {
  return { country, extensionPatterns: extension_patterns };
}

function toldOf({ e164, rule, isAmbiguous }: ReadNumber): Read {
  return { e164, inputs: { read_as: rule, ...(isAmbiguous ? { form: 'ambiguous_form' } : {}) } };
}
