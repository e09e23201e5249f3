import type pg from 'pg';
import type { Logger } from 'pino';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { ReadModelVersion } from '../tables/versions.ts';
import { BehindLive } from './behindLive.ts';
import { type Persevering, persevere } from './persevere.ts';
import { projectEvents } from './projectEvents.ts';
import { Projection, type ProjectionOptions } from './projection.ts';
import { readAhead } from './readAhead.ts';

export type ProjectorOptions = Partial<Pick<Persevering, 'tellObstacle' | 'onTries' | 'lookAgainMs'>> &
  Pick<ProjectionOptions, 'rematchedAtOnce' | 'foldedAtOnce'> & {
    readonly version: ReadModelVersion;
    readonly pool: pg.Pool;
    readonly log: EventStore;
    readonly logger: Logger;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** is told every position that is reached, the first one when it begins */
    readonly onProgress?: (position: bigint) => void;
  };

/**
 * Keeps a version's tables equal to the fold of the log until the signal stops it. Rejects only with `LOG_IS_ANOTHER` and
 * `LOG_TOO_SHORT`.
 */
export async function followLog(options: ProjectorOptions): Promise<void> {
  const { version, pool, log, logger, clock, signal, onProgress = () => {}, tellObstacle = async () => {} } = options;
  const { schema, rules } = version;
  const { rematchedAtOnce, foldedAtOnce } = options;
  const projection = new Projection({ pool, schema, rules, log, clock, rematchedAtOnce, foldedAtOnce });
  const behind = new BehindLive(projection, { version: version.version, logger });
  await persevere(
    async (went) => {
      const from = await projection.resume();
      onProgress(from);
      if (from >= (await log.head()) && !projection.mayWait) await went();
      const meanwhile = async () => {
        const again = await behind.doSome();
        if (again === 0) await went();
        return again;
      };
      for await (const events of readAhead((stop) => log.subscribe(from, undefined, stop), signal, { meanwhile })) {
        onProgress(await projectEvents(projection, events, { version: version.version, logger }));
        await went();
      }
    },
    { ...options, version: version.version, tellObstacle },
  );
}
