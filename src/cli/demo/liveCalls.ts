import type { Scene } from '../../adapters/ami/index.ts';
import type { Micros } from '../../domain/time.ts';
import { Callers } from './callers.ts';
import type { DemoCompany, DemoCustomer } from './company.ts';
import { Office } from './office.ts';
import { Random } from './random.ts';

const SECOND = 1_000_000;
/** Between the beginnings of two calls. */
const PAUSE = { from: 9, to: 21 };
const COMES_IN = 0.68;

/** What goes on at the demo's company now, at any hour: the calls of its people and customers, one after the other for ever. */
export class LiveCalls {
  readonly #random: Random;
  readonly #callers: Callers;
  readonly #office: Office;
  readonly #company: DemoCompany;

  constructor(company: DemoCompany, customers: readonly DemoCustomer[], seed: number) {
    this.#random = new Random(seed);
    this.#company = company;
    this.#callers = new Callers(this.#random, customers);
    const talks = { median: 75, spread: 0.7, least: 20, most: 420 };
    this.#office = new Office(this.#random, company, { isThere: () => true, talks: { sales: talks, support: talks } });
  }

  /** The next call; it begins some seconds after `after`. */
  next(after: Micros): Scene {
    const random = this.#random;
    const at = Math.round(after + random.between(PAUSE.from, PAUSE.to) * SECOND) as Micros;
    const { number } = this.#callers.whomToRing();
    const out = random.chance(COMES_IN) || number === null ? null : this.#office.ringsOut(at, number, null);
    if (out !== null) return out;
    const { sales, support } = this.#company.teams;
    return this.#office.rings(at, this.#callers.whoRings(), random.chance(0.6) ? sales.did : support.did);
  }
}
