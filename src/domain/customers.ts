/** Who held which number from when to when (design §6): the fold of `customer-<id>`. */
import { customerSchema, type RecordedEvent } from './events.ts';
import { numbersIn, readNumber } from './phone/index.ts';
import { dataOf, importOf, recordedAt, timeOf } from './recorded.ts';
import type { Micros } from './time.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A number in a customer's hands; it held it in [holdsFrom, holdsTo). */
export type HeldNumber = {
  /** as the CRM wrote it */
  readonly number: string;
  readonly e164: string | null;
  readonly label: string | null;
  /** as the CRM gave them */
  readonly validFrom: Micros | null;
  readonly validTo: Micros | null;
  /** since when it has been in the list without a break */
  readonly recordedAt: Micros;
  /** the import that told it then; null: it was told by itself */
  readonly importId: string | null;
  readonly holdsFrom: Micros;
  readonly holdsTo: Micros | null;
  /** still in the customer's list */
  readonly listed: boolean;
};

export type RegisteredCustomer = {
  readonly id: string;
  readonly name: string;
  readonly revision: bigint;
  readonly registeredAt: Micros;
  readonly removedAt: Micros | null;
  readonly numbers: readonly HeldNumber[];
};

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The customer after one more event of its stream; events of other types change nothing but the revision.
 * `country` is how its national numbers are read. Throws `POISON_EVENT`.
 */
export function evolveCustomer(
  id: string,
  customer: RegisteredCustomer | null,
  event: RecordedEvent,
  country: string | null,
): RegisteredCustomer | null {
  const { revision } = event;
  switch (event.type) {
    case 'CustomerRegistered':
    case 'CustomerChanged': {
      const at = recordedAt(event);
      return {
        id,
        name: dataOf(event, customerSchema).name,
        revision,
        registeredAt: customer?.registeredAt ?? at,
        removedAt: null,
        numbers: renumbered(customer?.numbers ?? [], toldNumbers(event, at, country), at),
      };
    }
    case 'CustomerRemoved': {
      if (customer === null) return null;
      const at = recordedAt(event);
      return { ...customer, revision, removedAt: at, numbers: renumbered(customer.numbers, [], at) };
    }
    default:
      return customer && { ...customer, revision };
  }
}

/** The numbers that stand in one field of a customer, as they stand there, each with what it is read as. */
export function readField(text: string, country: string | null): Pick<HeldNumber, 'number' | 'e164'>[] {
  const several = numbersIn(text);
  const numbers = several.length > 1 ? several : [text];
  return numbers.map((number) => ({ number, e164: readNumber(number, 'customer', { country }).e164 }));
}

/** The numbers of the event as if they were all new. */
function toldNumbers(event: RecordedEvent, at: Micros, country: string | null): HeldNumber[] {
  const importId = importOf(event);
  return dataOf(event, customerSchema).numbers.flatMap(({ number, label, from, to }) => {
    const validFrom = from === undefined ? null : timeOf(event, from);
    const validTo = to === undefined ? null : timeOf(event, to);
    return readField(number, country).map((read) => ({
      ...read,
      label: label ?? null,
      validFrom,
      validTo,
      recordedAt: at,
      importId,
      holdsFrom: validFrom ?? at,
      holdsTo: validTo,
      listed: true,
    }));
  });
}

/** A number that stays in the list goes on being held; one that is no longer there was held until now. */
function renumbered(before: readonly HeldNumber[], told: readonly HeldNumber[], at: Micros): HeldNumber[] {
  const rest = [...before];
  const kept = told.map((number) => {
    const found = rest.findIndex((other) => other.listed && sameNumber(other, number));
    const [known] = found < 0 ? [] : rest.splice(found, 1);
    if (!known) return number;
    const { recordedAt, importId } = known;
    return { ...number, recordedAt, importId, holdsFrom: number.validFrom ?? recordedAt };
  });
  const given = rest.map((number) => (number.listed ? takenAway(number, at) : number));
  return [...kept, ...given.filter((number) => number.holdsTo === null || number.holdsTo > number.holdsFrom)];
}

function takenAway(number: HeldNumber, at: Micros): HeldNumber {
  const holdsTo = number.holdsTo !== null && number.holdsTo < at ? number.holdsTo : at;
  return { ...number, holdsTo, listed: false };
}

function sameNumber(a: HeldNumber, b: HeldNumber): boolean {
  return a.e164 === null ? a.number === b.number : a.e164 === b.e164;
}
