import {
  type Matchable,
  type Matched,
  type MatchingRules,
  matchEntry,
  matchingRulesFor,
} from '../../domain/matching.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Sql } from '../tables/transaction.ts';
import { type Decided, decisionsOn } from './annotations.ts';
import { ownersOf } from './customers.ts';

/** A call that is to be matched: its own id, the ids that it had before, and by what its number is looked up. */
export type Asked = Matchable & {
  readonly id: string;
  readonly pbx: string;
  readonly aliases: readonly string[];
  readonly number_key: string | null;
};

export type Whose = Matched & { readonly decided: Decided };

/** Answers for the calls that were asked about. */
export type WhoseIs = (call: Asked) => Whose;

export type RulesOf = (pbx: string) => MatchingRules;

/** Tells whose a call is: by what people decided, else by who held its number. */
export async function whose(sql: Sql, rulesOf: RulesOf, asked: readonly Asked[]): Promise<WhoseIs> {
  const keys = new Set(asked.map(({ number_key }) => number_key).filter((key) => key !== null));
  const owners = await ownersOf(sql, [...keys]);
  const decidedOn = await decisionsOn(
    sql,
    asked.flatMap(({ id, aliases }) => [id, ...aliases]),
  );
  return (call) => {
    const decided = decidedOn(call.id, call.aliases);
    const owned = call.number_key === null ? [] : (owners.get(call.number_key) ?? []);
    return { ...matchEntry(call, owned, { assignment: decided.assignment, rules: rulesOf(call.pbx) }), decided };
  };
}

/** The matching rules of each PBX, made ready once. */
export function rulesByPbx(rules: Rules): RulesOf {
  const known = new Map<string, MatchingRules>();
  return (pbx) => {
    const found = known.get(pbx) ?? matchingRulesFor(rules, pbx);
    known.set(pbx, found);
    return found;
  };
}
