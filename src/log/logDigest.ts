import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../domain/events.ts';

const MODULUS = 2n ** 256n;

/**
 * What a set of events says, in one number: the sum of their SHA-256, so it does not matter in which order events of
 * different streams stand. Their positions do not count, they are the store's.
 */
export class LogDigest {
  events = 0;
  #sum = 0n;

  add({ stream, revision, id, type, data, metadata }: RecordedEvent): void {
    const text = JSON.stringify([stream, `${revision}`, id, type, data, metadata]);
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)) % MODULUS;
    this.events += 1;
  }

  equals(other: LogDigest): boolean {
    return this.events === other.events && this.#sum === other.#sum;
  }
}
