import { asDialled, type DemoCustomer } from './company.ts';
import type { Random } from './random.ts';

/** Whom the company speaks with. */
export type Outsider = {
  /** as a Greek phone dials it; null: withheld */
  readonly number: string | null;
  /** as the provider shows it; most show none */
  readonly name: string | null;
};

/** The first is called with so much oftener than the rest. */
const REGULARS = 0.55;
const UNKNOWN_NUMBERS = 140;
const SHOWS_NAME = 0.12;

/** Who rings and who is rung: customers, some of them far oftener than others, and numbers that nobody knows. */
export class Callers {
  readonly #random: Random;
  readonly #customers: readonly DemoCustomer[];

  constructor(random: Random, customers: readonly DemoCustomer[]) {
    this.#random = random;
    this.#customers = random.shuffled(customers, () => 1);
  }

  whoRings(): Outsider {
    const drawn = this.#random.next();
    if (drawn < 0.06) return { number: null, name: null };
    return drawn < 0.26 ? this.#unknown() : this.#customer();
  }

  whomToRing(): Outsider {
    return this.#random.chance(0.12) ? this.#unknown() : this.#customer();
  }

  #customer(): Outsider {
    const customer = this.#random.weighted(this.#customers, (_, rank) => 1 / (rank + 4) ** REGULARS);
    // the first number is the usual one
    const { number } = this.#random.weighted(customer.numbers, (_, at) => (at === 0 ? 3 : 1));
    return { number: asDialled(number), name: this.#random.chance(SHOWS_NAME) ? customer.name : null };
  }

  #unknown(): Outsider {
    const which = Math.floor(this.#random.next() ** 1.3 * UNKNOWN_NUMBERS);
    const digits = String(which + 1).padStart(4, '0');
    return { number: which % 4 === 3 ? `210999${Number(digits) + 7000}` : `690556${digits}`, name: null };
  }
}
