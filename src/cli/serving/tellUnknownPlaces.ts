import type pg from 'pg';
import type { Logger } from 'pino';
import { nameOf } from '../../errorPolicy.ts';
import { systemClock } from '../../ports/clock.ts';
import { controlDb, placesToKnow } from '../../projections/index.ts';

/** Such a name may be a phone number, which `doctor` and the page alone tell. Shorter ones are extensions, and needed. */
const LONG_NUMBER = /[0-9]{7}/;

/** Logs a line for each context or endpoint that was met and that no rule knows, or that it cannot be seen. */
export async function tellUnknownPlaces(logger: Logger, pool: pg.Pool): Promise<void> {
  try {
    for (const { value, ...place } of await placesToKnow({ db: controlDb(pool), pool, clock: systemClock })) {
      const named = LONG_NUMBER.test(value) ? {} : { value };
      logger.warn({ ...place, ...named }, 'no rule knows a context or trunk that was met: see `commslog doctor`');
    }
  } catch (error) {
    logger.warn({ error: nameOf(error) }, 'cannot see whether the rules know all contexts and trunks');
  }
}
