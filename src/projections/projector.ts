import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import type { RecordedEvent } from '../domain/events.ts';
import { CommslogError, type ErrorCode, hasCode } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { reasonToPark } from './parked.ts';
import { Progress } from './progress.ts';
import { Projection } from './projection.ts';
import { readAhead } from './readAhead.ts';
import type { ReadModelVersion } from './versions.ts';

/** What trying again cannot help: a person has to look. */
const FINAL: readonly ErrorCode[] = ['LOG_IS_ANOTHER', 'LOG_TOO_SHORT', 'LOG_HOLE', 'LOG_ACCESS_DENIED'];
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 30_000;

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
    let failures = 0;
    while (!signal.aborted) {
      try {
        const from = await projection.resume();
        progress.reached(from);
        for await (const batch of readAhead((stop) => log.subscribe(from, undefined, stop), signal)) {
          progress.reached(await project(batch));
          failures = 0;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (hasCode(error, ...FINAL)) throw error;
        logger.warn({ version: version.version, error: nameOf(error) }, 'projecting failed, trying again');
        await sleep(backoff(failures++), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** An event that cannot be projected is found by halving, parked, and passed over; its neighbours are projected. */
  async function project(events: readonly RecordedEvent[]): Promise<bigint> {
    try {
      return await projection.apply(events);
    } catch (error) {
      const [event] = events;
      if (!hasCode(error, 'POISON_EVENT') || !event) throw error;
      if (events.length > 1) {
        const middle = Math.ceil(events.length / 2);
        await project(events.slice(0, middle));
        return project(events.slice(middle));
      }
      logger.error({ version: version.version, position: `${event.position}`, type: event.type }, 'event parked');
      return projection.park({ event, error: reasonToPark(error) });
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

function backoff(failures: number): number {
  return Math.random() * Math.min(MIN_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS);
}

/** An error's text may quote a row, so only its code goes into the log of the program. */
function nameOf(error: unknown): string {
  if (error instanceof CommslogError) return error.code;
  if (error instanceof pg.DatabaseError) return `PostgreSQL ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}
