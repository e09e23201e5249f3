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

/** Whose an extension was at the time of the call; null: of no phone, they logged it by hand. */
type Holder = { readonly id: string; readonly name: string; readonly extension: string | null };

/** `101` → `Anna P. (101)`, of nobody known `Ext 101`; `external:+30…` (a forward) → the number. */
export function speakerOf(party: string, t: Dictionary, people: readonly Holder[] = []): string {
  const number = /^external:(.+)$/.exec(party)?.[1];
  const shown = number === undefined ? party : spacedNumber(number);
  const holder = people.find(({ extension }) => extension === party);
  if (holder !== undefined) return `${holder.name} (${shown})`;
  return number === undefined ? t.call.extension(party) : shown;
}

/** Several, each person once: `Anna P. (101, 99101)`. */
export function speakersOf(
  parties: readonly string[],
  t: Dictionary,
  people: readonly Holder[] = [],
): readonly string[] {
  const holderOf = (party: string) => people.find(({ extension }) => extension === party);
  const isFirst = (party: string, at: number) =>
    holderOf(party) === undefined || parties.findIndex((one) => holderOf(one)?.id === holderOf(party)?.id) === at;
  return parties.filter(isFirst).map((party) => {
    const holder = holderOf(party);
    const theirs = parties.filter((one) => holderOf(one) !== undefined && holderOf(one)?.id === holder?.id);
    return holder === undefined || theirs.length < 2
      ? speakerOf(party, t, people)
      : `${holder.name} (${theirs.join(', ')})`;
  });
}

type AtUs = { readonly did: string | null; readonly did_name: string | null };

/** Our number that was called, as people call it, else the number itself; null: there was none. */
export function oursOf({ did, did_name }: AtUs): string | null {
  return did_name ?? (did === null ? null : spacedNumber(did));
}

/** Who logged an entry by hand; null: nobody did, or who did is not known by name. */
export function loggerOf(people: readonly Holder[]): string | null {
  return people.find(({ extension }) => extension === null)?.name ?? null;
}
