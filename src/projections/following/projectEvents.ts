import type { Logger } from 'pino';
import { hasCode } from '../../errors.ts';
import type { Incoming } from '../tables/batch.ts';
import { reasonToPark } from '../tables/parked.ts';
import type { Projection } from './projection.ts';

/**
 * Projects the events; the position where the tables stand then. An event that cannot be projected is found by halving,
 * parked, and passed over; its neighbours are projected. Errors: those of `Projection.apply` but `POISON_EVENT`.
 */
export async function projectEvents(
  projection: Projection,
  events: readonly Incoming[],
  told: { readonly version: number; readonly logger: Logger },
): Promise<bigint> {
  try {
    return await projection.apply(events);
  } catch (error) {
    const [event] = events;
    if (!hasCode(error, 'POISON_EVENT') || !event) throw error;
    if (events.length > 1) {
      const middle = Math.ceil(events.length / 2);
      await projectEvents(projection, events.slice(0, middle), told);
      return projectEvents(projection, events.slice(middle), told);
    }
    told.logger.error({ version: told.version, position: `${event.position}`, type: event.type }, 'event parked');
    return projection.park({ event, error: reasonToPark(error) });
  }
}
