/** The facts of one group → its rows (design §5): pure and total, whatever the facts. */
import type { CallEntry, CurrentCall } from './entry.ts';
import type { Fact } from './facts.ts';
import type { Rules } from './rules.ts';
import type { Micros } from './time.ts';

/** One connection to a PBX, as far as it is known. */
export type Connection = {
  readonly pbx: string;
  readonly session: number;
  readonly connectedAt: Micros;
  readonly disconnectedAt: Micros | null;
  readonly lastHeardAt: Micros | null;
  readonly pbxWentDown: boolean;
  readonly reason: string | null;
  /** when the session's list of all open channels was complete; null: there was none */
  readonly listedAt?: Micros | null;
};

export type FoldContext = { readonly connections: readonly Connection[]; readonly rules: Rules };

/** A call in progress, before it is known whose it is. */
export type OpenCall = Omit<CurrentCall, 'customer_id' | 'match'>;

export type FoldedGroup = {
  /** finished calls: rows */
  readonly entries: readonly CallEntry[];
  readonly current: readonly OpenCall[];
  /** a channel was not heard to end */
  readonly open: boolean;
};

export function foldGroup(facts: readonly Fact[], _context: FoldContext): FoldedGroup {
  return { entries: [], current: [], open: facts.length > 0 };
}
