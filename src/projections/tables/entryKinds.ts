/** What is counted and filtered by beside the columns themselves, as SQL writes it: an index is used where it is the same text. */

/**
 * An outside party that has shown a number and belongs to nobody: not one that withheld it, nor a number of our own, nor
 * one of whom a person said that it is nobody's.
 */
export const UNASSIGNED = `customer_id is null and match ->> 'status' in ('unmatched', 'ambiguous')
  and match ->> 'rule' is distinct from 'person'`;

/** What `missed_open` counts. */
export const TO_CALL_BACK = "direction = 'inbound' and outcome <> 'answered' and done_at is null";

/** From outside, and nobody has answered: whoever called may wait to be called back. */
export const MISSED = "direction = 'inbound' and outcome <> 'answered'";

/** Somebody spoke with the outside party, or says by hand that they did or tried. */
export const CONTACT = "(outcome = 'answered' or source = 'manual') and direction <> 'internal'";

/** We tried to reach somebody and did not. */
export const ATTEMPT = "direction = 'outbound' and outcome <> 'answered' and source <> 'manual'";

/** Who called or was called: a customer, else a number; null: nobody knows, or who called has withheld it. */
export const CALLER = `case when customer_id is not null then 'customer ' || customer_id
  when match ->> 'status' <> 'withheld' then 'number ' || coalesce(external_number, nullif(external_number_raw, '')) end`;
