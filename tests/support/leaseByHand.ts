import type { Lease, LeaseState } from '../../src/ports/lease.ts';

/** A lease whose state is set by hand. */
export class LeaseByHand implements Lease {
  #state: LeaseState;
  readonly #listeners = new Set<() => void>();

  constructor(state: LeaseState = 'held') {
    this.#state = state;
  }

  state(): LeaseState {
    return this.#state;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  enter(state: LeaseState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
