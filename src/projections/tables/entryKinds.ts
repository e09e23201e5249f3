/** What is counted and filtered by beside the columns themselves, as SQL writes it: an index is used where it is the same text. */

/**
 * An outside party that has shown a number and belongs to nobody: not one that withheld it, nor a number of our own, nor
 * one of whom a person said that it is nobody's.
 */
export const UNASSIGNED = `customer_id is null and match ->> 'status' in ('unmatched', 'ambiguous')
  and match ->> 'rule' is distinct from 'person'`;

/** What `missed_open` counts. */
export const TO_CALL_BACK = "direction = 'inbound' and outcome <> 'answered' and done_at is null";
