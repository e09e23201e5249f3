import type { HandedLease, Holder, Lease, LeaseState } from '../../ports/lease.ts';
import type { Words } from './words.ts';

/** What the servers that listen to one PBX agree on. */
export type Sharing = {
  /** this server, as the holder of a lease is called */
  readonly server: Holder;
  /** who stores what the PBX says from now on */
  readonly lease: HandedLease<Words>;
  /** Takes the turn to store what a journal has left of it, if it is free; one server at a time has it. */
  takeTurn(): Promise<Turn | null>;
};

export type Turn = Lease & { release(): Promise<void> };

/**
 * Of which connections of this process nobody else can have stored anything: those that began while it had the lease, or
 * another was waiting for it to begin, if it has had the lease ever since.
 */
export class OwnConnections {
  readonly #lease: Lease;
  readonly #undisputed = new Set<string>();
  #current: string | null = null;
  #state: LeaseState;
  #wasHandedOver = false;

  constructor(lease: Lease) {
    this.#lease = lease;
    this.#state = lease.state();
    lease.onChange(() => this.#look());
  }

  begins(connection: string): void {
    this.#current = connection;
    const state = this.#lease.state();
    if (state === 'held' || state === 'offered') this.#undisputed.add(connection);
  }

  /** All that was heard in it is safe in the journal. */
  ends(connection: string): void {
    if (this.#current === connection) this.#current = null;
  }

  /** It is heard now. */
  isCurrent(connection: string): boolean {
    return this.#current === connection;
  }

  isUndisputed(connection: string): boolean {
    this.#look();
    return this.#undisputed.has(connection);
  }

  /** Who had the lease before has waited for us, and says itself that it leaves. */
  wasHandedOver(): boolean {
    return this.#wasHandedOver;
  }

  #look(): void {
    const state = this.#lease.state();
    if (state === 'lost' || state === 'taken') this.#undisputed.clear();
    if (state === 'held' && this.#state !== 'held') this.#wasHandedOver = this.#state === 'offered';
    this.#state = state;
  }
}
