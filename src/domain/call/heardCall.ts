/** A call as the fold tells it: all that it is, but what the number outside means, which nobody has read yet. */
import type { CallEntry, CurrentCall } from '../entry.ts';
import type { OutsideNumber } from './outsideParty.ts';

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
