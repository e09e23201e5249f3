import type { NewEvent } from '../domain/events.ts';

/** A fact that the log has refused: its stream, the event whole, and why (an error's code). */
export type RefusedFact = { readonly stream: string; readonly event: NewEvent; readonly code: string };

/** How many facts are kept now, and how many could not be kept since the start. */
export type RefusedState = { readonly kept: number; readonly lost: number };

/** Keeps what the log has refused, until it is appended again. */
export interface RefusedFacts {
  /** Keeps a fact, once however often it is refused. False: there is no room, or it cannot be written; it is counted. */
  keep(fact: RefusedFact): boolean;
  state(): RefusedState;
}
