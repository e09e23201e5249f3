import { performance } from 'node:perf_hooks';
import type { Request } from 'express';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { stateOf } from './requestState.ts';

/** `long`: it takes long with all going well, and sees for itself that each of its steps is done in time. */
export type Patience = 'read' | 'write' | 'long';

/** How long somebody is kept waiting: the answer begins within 10 s to who reads, within 15 s to who writes. */
const MOST_MS: Readonly<Record<Patience, number>> = { read: 9_000, write: 14_000, long: 600_000 };

/**
 * What `work` gives in the time that the request has left. `gone` aborts when the client has left, or is told that it takes
 * too long: nobody waits any more for what is being read.
 * Errors: those of `work`; `DATABASE_UNAVAILABLE` when reading takes too long, `LOG_OUTCOME_UNKNOWN` when writing does.
 */
export async function inTime<T>(
  request: Request,
  patience: Patience,
  work: (gone: AbortSignal) => Promise<T>,
): Promise<T> {
  const state = stateOf(request);
  const begun = performance.now();
  const tooLate = () => {
    state.gone.abort();
    throw lateness(patience);
  };
  try {
    return await within(MOST_MS[patience] - state.waitedMs, work(state.gone.signal), tooLate);
  } finally {
    state.waitedMs += performance.now() - begun;
  }
}

function lateness(patience: Patience): CommslogError {
  if (patience === 'read') return new CommslogError('DATABASE_UNAVAILABLE', 'The database takes too long to answer.');
  const unknown = 'It takes too long, and whether it is stored is not known: ask again, with the same Idempotency-Key.';
  return new CommslogError('LOG_OUTCOME_UNKNOWN', unknown);
}
