import type { Heard } from './heard.ts';

/** Finds facts that were heard and are gone: the numbers of a connection's facts begin at 0 and have no gaps. */
export class MissingFacts {
  #next: { readonly connection: string; readonly seq: number } | null = null;
  #count = 0;
  /** of the next record that was not looked at */
  #number = 0;

  /** Takes in what the journal gives out next, of which `number` is the number; what it gives out again says nothing new. */
  look(heard: Heard, number: number): void {
    if (number < this.#number) return;
    this.#number = number + 1;
    if (heard.kind === 'connected') this.#next = { connection: heard.connection, seq: 0 };
    if (heard.kind !== 'facts') return;
    const [first, last] = [heard.facts[0], heard.facts.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#count += Math.max(0, first.seq - this.#expected(heard.connection, first.seq));
    this.#next = { connection: heard.connection, seq: last.seq + 1 };
  }

  /** How many are known to be gone since the start. */
  count(): number {
    return this.#count;
  }

  /** How much of the first connection an earlier process has stored is not known. */
  #expected(connection: string, seq: number): number {
    if (this.#next === null) return seq;
    return this.#next.connection === connection ? this.#next.seq : 0;
  }
}
