import type { EventStore } from '../../../src/ports/eventStore.ts';

/** A log that the contract suite is run against. */
export type LogUnderTest = {
  /** Opens it; each handle is closed by the suite. */
  open(): Promise<EventStore>;
  /** Opens another log, an empty one. Absent where only one can be had. */
  openOther?(): Promise<EventStore>;
  /** Deletes what a stream has, it may go on. Absent where the store knows no such thing. */
  softDelete?(stream: string): Promise<void>;
  readonly network: Network;
  drop(): Promise<void>;
};

/** What lies between the program and the server. */
export type Network = {
  /** Nobody listens; who is connected loses the connection. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** The server gets everything and answers nothing, until `up()`. */
  silence(): void;
  /** Every connection ends in good order; new ones are taken. */
  hangUp(): void;
  /** The next append arrives and is stored, its answer is lost with the connection. */
  loseNextAnswer(): void;
};
