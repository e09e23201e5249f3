/** Who waits to be called back: one line for each caller, not for each call. */
import type { CallBackSaid } from '../domain/acts/callBack.ts';
import type { View } from '../domain/directory/view.ts';
import type { Direction, Outcome } from '../domain/entry.ts';

export type CallBackSort = 'waiting' | 'latest' | 'tries';

export type CallBackFilter = {
  /** what was missed before (RFC 3339) is no work */
  readonly since: string;
  readonly state: 'open' | 'closed';
  /** of those that are closed the latest come first, however they are sorted */
  readonly sort: CallBackSort;
  /** only those that this `sub` has taken */
  readonly takenBy?: string | undefined;
  /** only those of entries that somebody sees; absent: all */
  readonly seenBy?: View;
};

/** Of which entries the list is made. */
export type CallBackScope = Pick<CallBackFilter, 'since' | 'seenBy'>;

/** Where a list of callers goes on: behind this one, by what it is sorted by. */
export type CallBackKey = { readonly at: string; readonly id: string; readonly tries: number };

/** A call that was missed, or that ended the waiting. */
export type CallBackEntry = {
  readonly id: string;
  readonly occurred_at: string;
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly source: 'pbx' | 'manual' | 'cdr';
};

export type CallBack = {
  /** of what people say of it: that of a missed entry of this caller */
  readonly id: string;
  readonly customer: { readonly id: string; readonly name: string } | null;
  readonly external_number: string | null;
  readonly external_number_raw: string | null;
  readonly external_name: string | null;
  /** of the last missed entry */
  readonly pbx: string;
  readonly did: string | null;
  readonly queues: readonly string[] | null;
  /** missed entries since the last contact, a thousand at most; of what is closed 0 */
  readonly tries: number;
  readonly first_at: string | null;
  readonly last: CallBackEntry;
  /** how often somebody here has tried to reach them meanwhile, a hundred at most */
  readonly attempts: number;
  readonly said: CallBackSaid;
  /** null: they wait; `done`: somebody took all of it off the work list */
  readonly closed: {
    readonly at: string;
    readonly why: 'answered' | 'logged' | 'done';
    readonly entry: CallBackEntry | null;
  } | null;
};

export type CallBackCounts = {
  /** callers that wait, at most `MOST_CALLERS` */
  readonly callers: number;
  readonly at_least: boolean;
  /** of them, taken by who asks */
  readonly mine: number;
  /** calls of who has withheld their number, and so is in no list */
  readonly withheld: number;
};
