import { createHmac } from 'node:crypto';

/** So many digits at a number's end are replaced; what stands before (country, area, prefix of an outside line) stays. */
const REPLACED_DIGITS = 6;
const HALF = 10 ** (REPLACED_DIGITS / 2);

/** Four rounds of a Feistel network with a keyed hash are a pseudo-random permutation (Luby and Rackoff, 1988). */
const ROUNDS = 4;

const MAX_REMEMBERED = 10_000;

/**
 * Replaces digits so that numbers stay comparable: the same last six digits become the same other six, different ones
 * different ones, so `+30 …`, `0030 …` and `9…` of one number still end alike, and length and prefix stay.
 */
export class FakeDigits {
  readonly #key: Buffer;
  readonly #known = new Map<string, string>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** `text` with every run of six digits or more replaced; shorter ones are extensions, codes and counts. */
  in(text: string): string {
    return text.replace(
      /\d{6,}/g,
      (run) => run.slice(0, -REPLACED_DIGITS) + this.#replaced(run.slice(-REPLACED_DIGITS)),
    );
  }

  #replaced(digits: string): string {
    const known = this.#known.get(digits);
    if (known !== undefined) return known;
    const replaced = this.#permuted(digits);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(digits, replaced);
    return replaced;
  }

  #permuted(digits: string): string {
    let left = Math.floor(Number(digits) / HALF);
    let right = Number(digits) % HALF;
    for (let round = 0; round < ROUNDS; round += 1) {
      const hash = createHmac('sha256', this.#key).update(`digits/${round}/${right}`).digest();
      [left, right] = [right, (left + hash.readUInt32BE(0)) % HALF];
    }
    return String(left * HALF + right).padStart(REPLACED_DIGITS, '0');
  }
}
