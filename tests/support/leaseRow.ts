import type { Words } from '../../src/listening/index.ts';
import type { HandedLease, LeaseState } from '../../src/ports/lease.ts';

/** A row of leases that several servers look at, as a test has it. */
export class LeaseRow {
  holder: SharedLease | null = null;
  successor: SharedLease | null = null;
  told: Words | null = null;
  readonly #servers = new Set<SharedLease>();
  /** of what is offered now */
  readonly #declined = new Set<SharedLease>();

  /** As a server sees it. */
  of(name: string): SharedLease {
    const lease = new SharedLease(this, name);
    this.#servers.add(lease);
    return lease;
  }

  /** The server is gone without a word: what it holds is its own until that is over. */
  forget(lease: SharedLease): void {
    this.#servers.delete(lease);
    if (this.successor === lease) this.successor = null;
    this.look();
  }

  isAlive(lease: SharedLease): boolean {
    return this.#servers.has(lease);
  }

  give(lease: SharedLease | null): void {
    this.holder = lease;
    this.successor = null;
    lease?.takes(this.told);
    this.look();
  }

  /** Another server than the holder, which can ask PostgreSQL, and has not declined. */
  another(): SharedLease | null {
    const isThere = (lease: SharedLease) => lease !== this.holder && !lease.isCutOff && !this.#declined.has(lease);
    return [...this.#servers].find(isThere) ?? null;
  }

  offers(isOffered: boolean): void {
    this.#declined.clear();
    this.successor = isOffered ? this.another() : null;
    this.look();
  }

  declines(lease: SharedLease): void {
    if (this.successor !== lease) return;
    this.#declined.add(lease);
    this.successor = this.another();
    this.look();
  }

  look(): void {
    for (const lease of this.#servers) lease.look();
  }
}

/** A lease whose holder a test decides on. */
export class SharedLease implements HandedLease<Words> {
  readonly #row: LeaseRow;
  readonly #name: string;
  #isCutOff = false;
  #toldBefore: Words | null = null;
  /** how often this server has told something */
  tells = 0;
  #last: LeaseState | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(row: LeaseRow, name: string) {
    this.#row = row;
    this.#name = name;
  }

  /** PostgreSQL does not answer this server. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  cutOff(isCutOff: boolean): void {
    this.#isCutOff = isCutOff;
    this.look();
  }

  state(): LeaseState {
    const { holder, successor } = this.#row;
    if (this.#isCutOff || holder === null) return 'lost';
    if (holder === this) return 'held';
    return successor === this ? 'offered' : 'taken';
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  holder(): { readonly id: string; readonly name: string } | null {
    const { holder } = this.#row;
    return this.#isCutOff || holder === null ? null : { id: holder.#name, name: holder.#name };
  }

  told(): Words | null {
    return this.#row.told;
  }

  toldBefore(): Words | null {
    return this.#toldBefore;
  }

  tell(words: Words): void {
    if (this.state() !== 'held') return;
    this.#row.told = words;
    this.tells += 1;
  }

  async offer(withinMs: number): Promise<boolean> {
    this.#row.offers(true);
    const until = Date.now() + withinMs;
    const waits = () => this.#row.holder === this && this.#row.successor !== null && Date.now() < until;
    while (waits()) await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.#row.holder !== this) return true;
    this.#row.offers(false);
    return false;
  }

  accept(): void {
    if (this.state() === 'offered') this.#row.give(this);
  }

  decline(): void {
    if (this.state() === 'offered') this.#row.declines(this);
  }

  async release(): Promise<void> {
    if (!this.#row.isAlive(this)) return;
    this.#row.forget(this);
    if (this.#row.holder === this) this.#row.give(this.#row.another());
  }

  // ── for the row ────────────────────────────────────────────────────────────────────────────────────────────────

  takes(toldBefore: Words | null): void {
    this.#toldBefore = toldBefore;
  }

  look(): void {
    const state = this.state();
    if (state === this.#last) return;
    this.#last = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What lets one server at a time store what its journal has left. */
export class TurnsByHand {
  #isTaken = false;

  async take() {
    if (this.#isTaken) return null;
    this.#isTaken = true;
    return {
      state: () => 'held' as const,
      onChange: () => () => {},
      release: async () => {
        this.#isTaken = false;
      },
    };
  }
}
