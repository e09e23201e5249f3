import type { Rules } from '../../domain/rules.ts';
import type { CallGroup } from '../calls/callGroup.ts';
import type { RulesOf } from '../people/whose.ts';
import type { Feed } from '../tables/feed.ts';
import type { LogAtHand } from '../tables/logAtHand.ts';
import type { Sql } from '../tables/transaction.ts';
import type { Kept } from './kept.ts';

/** One transaction, what is at hand of the log in it, and what readers are told of it. */
export type Within = { readonly sql: Sql; readonly log: LogAtHand; readonly feed: Feed };

/** By what a version is derived, and how much of it in one transaction. */
export type Deriving = {
  readonly rules: Rules;
  readonly rulesOf: RulesOf;
  readonly derivation: string;
  /** a call with more facts is not folded with each of its events, but behind them */
  readonly foldedAtOnce: number;
  /** calls that are matched again at once where a number is another's now; the others wait */
  readonly rematchedAtOnce: number;
};

/** One transaction on a version's tables. */
export type Work = Within & {
  readonly kept: Kept;
  readonly deriving: Deriving;
  /** nothing that it changes waits: it is all folded and matched in it, also where that is much */
  readonly isWhole?: boolean;
};

/** Whether a group is folded in the transaction of what has changed it. */
export function isFoldedAtOnce({ isWhole, deriving }: Work, { size }: CallGroup): boolean {
  return isWhole === true || size <= deriving.foldedAtOnce;
}
