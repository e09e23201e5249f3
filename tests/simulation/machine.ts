import type { Micros } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Disk } from './disk.ts';

/** A server of a simulated world: its disk, its clock, and its link to where others are. */
export class Machine implements Clock {
  readonly name: string;
  readonly disk = new Disk();
  /** nothing gets through to the databases, and nothing is lost: what is under way comes later */
  isCutOff = false;
  readonly #trueNow: () => number;
  #aheadMicros = 0;

  /** `trueNow` in microseconds */
  constructor(name: string, trueNow: () => number) {
    this.name = name;
    this.#trueNow = trueNow;
  }

  now(): Micros {
    return (this.#trueNow() + this.#aheadMicros) as Micros;
  }

  /** Of the PBX, which goes right, minus that of this machine. */
  clockOffsetMs(): number {
    return Math.round(-this.#aheadMicros / 1_000);
  }

  /** The clock is set, as an operator or NTP does. */
  setClock(byMicros: number): void {
    this.#aheadMicros += byMicros;
  }
}
