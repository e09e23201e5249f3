/** A call as the fold tells it: all that it is, but what the number outside means, which nobody has read yet. */
import type { CallEntry, CurrentCall } from '../entry.ts';

/** What was heard of the number of the party outside. What it means is another question, which `readOutside` answers. */
export type OutsideNumber = {
  /** whether its caller presented it, or somebody here called it */
  readonly way: 'presented' | 'called';
  /** who told it */
  readonly source: 'pbx' | 'cdr';
  /** as presented or sent; null: withheld, or not seen */
  readonly number: string | null;
  /** nobody heard what was sent: it is what a phone typed, with the prefix of an outside line */
  readonly isTyped: boolean;
  readonly presented: string | null;
  readonly rule: string;
  /** by its endpoint */
  readonly trunk: string;
  /** what the trunk's channel was called for */
  readonly called: string | null;
  /** by the phone that began the call */
  readonly typed: string | null;
};

/** What `readGroup` adds. */
type Read = 'external_number' | 'external_number_raw' | 'derivation';

type Heard = {
  /** null: nobody outside */
  readonly outside: OutsideNumber | null;
};

/** A finished call; its `why` says nothing of the number. */
export type HeardEntry = Omit<CallEntry, Read> & Heard;

/** A call in progress. */
export type HeardInProgress = Omit<CurrentCall, Read | 'customer_id' | 'match'> & Heard;
