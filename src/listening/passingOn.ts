import type { Lease } from '../ports/lease.ts';
import { createBackoff, pause } from '../retry.ts';
import type { Hearing } from './hearing.ts';

export type PassingOnTimings = {
  /** how often it is looked whether the PBX is heard; ever more seldom while nobody else hears it either */
  readonly unheardMinMs: number;
  readonly unheardMaxMs: number;
};

type Options = {
  readonly lease: Lease;
  readonly hearing: Pick<Hearing, 'isConnected'>;
  /** offers the PBX to another server, which takes it when it has logged in */
  readonly handOver: () => Promise<unknown>;
  readonly timings: PassingOnTimings;
  readonly signal: AbortSignal;
};

/**
 * Whoever has the lease on a PBX and does not get to it keeps it from all others, who may. So it is offered to them, again
 * and again until it is heard, or `signal` aborts.
 */
export async function passOnUnheard({ lease, hearing, handOver, timings, signal }: Options): Promise<void> {
  const waits = createBackoff({ minMs: timings.unheardMinMs, maxMs: timings.unheardMaxMs });
  let wasUnheard = false;
  while (!signal.aborted) {
    await pause(waits.next(), signal);
    const isUnheard = !signal.aborted && lease.state() === 'held' && !hearing.isConnected();
    // one look may fall between two connections
    if (isUnheard && wasUnheard) await handOver();
    if (!isUnheard) waits.reset();
    wasUnheard = isUnheard;
  }
}
