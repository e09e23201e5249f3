import type pg from 'pg';
import type { Logger } from 'pino';
import { nameOf } from '../../errorPolicy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createBackoff, pause } from '../../retry.ts';
import type { ReadModelVersion } from '../tables/versions.ts';
import { Progress } from './progress.ts';
import { projectEvents } from './projectEvents.ts';
import { Projection } from './projection.ts';
import { readAhead } from './readAhead.ts';
import { isFinal, RETRIES } from './retrying.ts';

export type ProjectorOptions = {
  readonly version: ReadModelVersion;
  readonly pool: pg.Pool;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export type Projector = {
  /** Resolves when the signal has stopped it; rejects with the first error that trying again cannot help. */
  readonly done: Promise<void>;
  /** The last position that was projected; 0n until that is known. */
  position(): bigint;
  /** Resolves true as soon as `position` has been projected, false when `signal` aborts or the projector ends first. */
  caughtUp(position: bigint, signal: AbortSignal): Promise<boolean>;
  /** Calls back with every new position. Returns how to stop. */
  onProgress(listener: (position: bigint) => void): () => void;
};

/** Keeps a version's tables equal to the fold of the log, for ever. */
export function startProjector({ version, pool, log, logger, clock, signal }: ProjectorOptions): Projector {
  const projection = new Projection({ pool, schema: version.schema, rules: version.rules, log, clock });
  const progress = new Progress();

  async function run(): Promise<void> {
    const waits = createBackoff(RETRIES);
    while (!signal.aborted) {
      try {
        const from = await projection.resume();
        progress.reached(from);
        for await (const batch of readAhead((stop) => log.subscribe(from, undefined, stop), signal)) {
          progress.reached(await projectEvents(projection, batch, { version: version.version, logger }));
          waits.reset();
        }
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) throw error;
        logger.warn({ version: version.version, error: nameOf(error) }, 'projecting failed, trying again');
        await pause(waits.next(), signal);
      }
    }
  }

  const done = run().finally(() => progress.end());
  return {
    done,
    position: () => progress.position,
    caughtUp: (position, until) => progress.caughtUp(position, until),
    onProgress: (listener) => progress.onProgress(listener),
  };
}
