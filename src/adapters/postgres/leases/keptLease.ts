import type { z } from 'zod';
import { abortingWith } from '../../../aborting.ts';
import { CommslogError } from '../../../errors.ts';
import { type HandedLease, type Holder, type LeaseState, whenever } from '../../../ports/lease.ts';
import { pause } from '../../../retry.ts';
import type { LeaseRow, Self, Wish } from './leaseTable.ts';
import type { LeaseTimings } from './limits.ts';

/** Of what a holder tells whoever comes after. */
const MAX_TOLD_BYTES = 16 * 1024;
/** When nobody has made himself ready for so long, nobody will. */
const SUCCESSOR_WITHIN_MS = 2_000;

/** A moment by two clocks: one stands still while the machine sleeps, the other may be set. */
export type Moment = { readonly monotonic: number; readonly wall: number };

export function thisMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/** What the keeper of all leases does for one. */
export type Keeping = {
  readonly self: Self;
  readonly timings: LeaseTimings;
  /** Speaks with PostgreSQL at once; resolves when it has answered, or could not. */
  readonly ask: () => Promise<void>;
  readonly giveUp: () => Promise<void>;
  /** whether another process keeps leases on this database */
  readonly isAlone: () => boolean;
};

/** One lease as this process knows it: what PostgreSQL has said of it, and how long that holds. */
export class KeptLease<Words> implements HandedLease<Words> {
  readonly name: string;
  readonly #schema: z.ZodType<Words> | undefined;
  readonly #keeping: Keeping;
  readonly #listeners = new Set<() => void>();
  #row: LeaseRow | null = null;
  /** before PostgreSQL was asked for what it said last */
  #askedAt: Moment | null = null;
  #isBarred = false;
  #isReleased = false;
  #told: string | null = null;
  #toldBefore: unknown = null;
  #offers = false;
  #accepts = false;
  #declines = false;
  #last: LeaseState = 'lost';
  #timer: NodeJS.Timeout | null = null;

  constructor(name: string, schema: z.ZodType<Words> | undefined, keeping: Keeping) {
    this.name = name;
    this.#schema = schema;
    this.#keeping = keeping;
  }

  state(): LeaseState {
    if (this.#isReleased) return 'taken';
    if (this.#row === null) return this.#isBarred && this.#isFresh(0) ? 'taken' : 'lost';
    if (this.#isOurs()) return this.#isFresh(this.#keeping.timings.marginMs) ? 'held' : 'lost';
    if (!this.#isFresh(0)) return 'lost';
    return this.#isOfferedToUs() ? 'offered' : 'taken';
  }

  onChange(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  holder(): Holder | null {
    if (this.#row === null || this.#row.isOver || !this.#isFresh(0)) return null;
    return { id: this.#row.holder, name: this.#row.holderName };
  }

  told(): Words | null {
    return this.#read(this.#isOurs() && this.#told !== null ? JSON.parse(this.#told) : this.#row?.told);
  }

  toldBefore(): Words | null {
    return this.#read(this.#toldBefore);
  }

  tell(words: Words): void {
    const told = JSON.stringify(words);
    if (Buffer.byteLength(told) > MAX_TOLD_BYTES) throw new CommslogError('INTERNAL', 'a lease cannot tell so much');
    this.#told = told;
  }

  async offer(withinMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.state() !== 'held') return false;
    this.#offers = true;
    await this.#keeping.ask();
    if (!this.#keeping.isAlone()) {
      const over = abortingWith(signal, AbortSignal.timeout(withinMs));
      const isGone = whenever(this, (state) => state !== 'held', over.signal);
      await Promise.race([isGone, this.#nobodyComes(over.signal)]);
      over.abort();
    }
    this.#offers = false;
    return !this.#isOurs();
  }

  accept(): void {
    this.#accepts = true;
    void this.#keeping.ask();
  }

  decline(): void {
    this.#accepts = false;
    this.#declines = true;
    this.#look();
    void this.#keeping.ask();
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#look();
    await this.#keeping.giveUp();
  }

  // ── for the keeper ─────────────────────────────────────────────────────────────────────────────────────────────

  /** It was given up for good. */
  isReleased(): boolean {
    return this.#isReleased;
  }

  /** What is to be said with the next renewal. */
  wish(): Wish {
    return { name: this.name, told: this.#isOurs() ? this.#told : null, offers: this.#offers };
  }

  /** Whether this process should take it, as it stands. */
  shouldTake(row: LeaseRow | undefined): boolean {
    if (row === undefined || row.isOver || this.isFormerSelf(row)) return true;
    return this.#accepts && this.#isSuccessor(row);
  }

  /** Whether an earlier process of this server has it: that has ended, because this one lives. To be asked once. */
  isFormerSelf({ holder, process }: LeaseRow): boolean {
    const { self } = this.#keeping;
    return this.#askedAt === null && holder === self.id && process !== self.process;
  }

  /** Whether this process should make itself ready for it. */
  shouldPrepare(row: LeaseRow): boolean {
    return row.isOffered && row.process !== this.#keeping.self.process && !this.#declines;
  }

  /** Whether this process should make way for another that makes itself ready. */
  shouldStepBack(row: LeaseRow): boolean {
    return this.#declines && this.#isSuccessor(row);
  }

  /** PostgreSQL, asked at `askedAt`, says this. `isBarred`: an older program keeps all others away. */
  saw(row: LeaseRow | undefined, askedAt: Moment, isBarred: boolean): void {
    const wasOurs = this.#isOurs();
    this.#row = row ?? null;
    this.#askedAt = askedAt;
    this.#isBarred = isBarred;
    if (this.#isOurs() && !wasOurs) {
      this.#toldBefore = row?.told;
      this.#told = null;
    }
    if (row === undefined || !this.#isSuccessor(row)) this.#accepts = false;
    if (!row?.isOffered) this.#declines = false;
    this.#look();
  }

  // ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #isOurs(): boolean {
    return this.#row?.process === this.#keeping.self.process;
  }

  #isOfferedToUs(): boolean {
    return this.#row !== null && this.#isSuccessor(this.#row) && !this.#declines;
  }

  #isSuccessor({ isOffered, successor }: LeaseRow): boolean {
    return isOffered && successor === this.#keeping.self.process;
  }

  /** Whether what PostgreSQL said last holds still, and goes on to for so long. */
  #isFresh(marginMs: number): boolean {
    return this.#leftMs() > marginMs;
  }

  /** Until what PostgreSQL said last is too old, by whichever clock says so first. */
  #leftMs(): number {
    if (this.#askedAt === null) return 0;
    const now = thisMoment();
    const age = Math.max(now.monotonic - this.#askedAt.monotonic, now.wall - this.#askedAt.wall);
    return this.#keeping.timings.termMs - age;
  }

  #read(words: unknown): Words | null {
    return this.#schema?.safeParse(words).data ?? null;
  }

  /** Tells whoever listens if the state is another, and looks again when time alone makes it so. */
  #look(): void {
    const state = this.state();
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { marginMs } = this.#keeping.timings;
    const left = this.#leftMs() - (this.#isOurs() ? marginMs : 0);
    this.#timer = left > 0 && !this.#isReleased ? setTimeout(() => this.#look(), left + 1).unref() : null;
    if (state === this.#last) return;
    this.#last = state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Resolves when nobody makes himself ready for what is offered; one that cannot has made way for the next. */
  async #nobodyComes(deadline: AbortSignal): Promise<void> {
    const { renewMs } = this.#keeping.timings;
    for (let alone = 0; alone < SUCCESSOR_WITHIN_MS && !deadline.aborted; ) {
      await pause(renewMs, deadline);
      alone = this.#row?.successor === null ? alone + renewMs : 0;
    }
  }
}
