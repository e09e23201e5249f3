import type { Dictionary } from '../i18n/en.ts';
import { spacedNumber } from './phone.ts';

type OutsideParty = {
  readonly customer: { readonly name: string } | null;
  readonly external_name: string | null;
  readonly external_number: string | null;
  readonly external_number_raw: string | null;
};

/** The number as it is read, or that it was withheld. */
export function numberOf(party: OutsideParty, t: Dictionary): string {
  if (party.external_number !== null) return spacedNumber(party.external_number);
  return spacedNumber(party.external_number_raw ?? '') || t.call.withheld;
}

/** Who was on the other side: the customer, else the number. */
export function whoOf(party: OutsideParty, t: Dictionary): string {
  return party.customer?.name ?? numberOf(party, t);
}

/** `101` → `Ext 101`; `external:+30…` (a forward) → the number. */
export function speakerOf(party: string, t: Dictionary): string {
  const number = /^external:(.+)$/.exec(party)?.[1];
  return number === undefined ? t.call.extension(party) : spacedNumber(number);
}
