import { latest, type Micros } from '../../../domain/time.ts';

/**
 * Up to when it is proven that all that the PBX said has been heard, and so how old what is read may be. The answer to a
 * Ping stands behind all that was said before the Ping came: what is read after the answer was said after the Ping.
 */
export class HearingProof {
  readonly #lateMs: number;
  #provenAt: Micros;
  #lastReadAt: Micros;
  #lastHeardAt: Micros;
  #heldAt: Micros | null = null;
  /** since the last proof the socket was left alone for so long that the PBX may have given us up */
  #wasHeld = false;

  /** `startedAt`: before anything was said. */
  constructor(startedAt: Micros, lateMs: number) {
    this.#lateMs = lateMs;
    this.#provenAt = startedAt;
    this.#lastReadAt = startedAt;
    this.#lastHeardAt = startedAt;
  }

  /** Something is read: after when it was said, when it may be old; else null. */
  read(at: Micros): Micros | null {
    this.#lastReadAt = at;
    if (this.delayMs(at) > this.#lateMs) return this.#provenAt;
    this.#lastHeardAt = latest(this.#lastHeardAt, at);
    return null;
  }

  /** A Ping that was sent then is answered. */
  answered(sentAt: Micros): void {
    this.#provenAt = latest(this.#provenAt, sentAt);
    this.#lastHeardAt = latest(this.#lastHeardAt, sentAt);
    this.#wasHeld = false;
  }

  /** From now on the socket is not read. */
  hold(at: Micros): void {
    this.#heldAt = at;
  }

  goOn(at: Micros): void {
    this.#wasHeld ||= this.#isHeldTooLong(at);
    this.#heldAt = null;
  }

  /** How old what is read now may be. */
  delayMs(now: Micros): number {
    return Math.max(0, Math.round((now - this.#provenAt) / 1000));
  }

  /** When all that was said until then was heard, and something of then, for the last time. */
  lastHeardAt(): Micros {
    return this.#lastHeardAt;
  }

  /** When something was last read, old or not. */
  lastReadAt(): Micros {
    return this.#lastReadAt;
  }

  /** Whether it is our own doing when the connection is lost now. */
  wasHeld(now: Micros): boolean {
    return this.#wasHeld || this.#isHeldTooLong(now);
  }

  #isHeldTooLong(now: Micros): boolean {
    return this.#heldAt !== null && (now - this.#heldAt) / 1000 >= this.#lateMs;
  }
}
