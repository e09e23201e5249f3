import pg from 'pg';
import type { Logger } from 'pino';
import { MAX_UNLISTED_TRIES, policyOf } from '../../errorPolicy.ts';
import { createBackoff, pause } from '../../retry.ts';
import type { Incoming } from '../tables/batch.ts';
import { reasonToPark } from '../tables/parked.ts';
import type { Projection } from './projection.ts';

const RETRIES = { minMs: 20, maxMs: 1_000 };
/** How many other events are tried to see whether it is one event alone that cannot be projected. */
const MAX_WITNESSES = 8;

export type Projecting = { readonly version: number; readonly logger: Logger };

/**
 * Projects the events; the position where the tables stand then. An event that cannot be projected is found by halving,
 * parked, and passed over; its neighbours are projected. One that fails by what is in no table of errors counts as such
 * after `MAX_UNLISTED_TRIES`, when others of its kind do go through. Errors: all others.
 */
export async function projectEvents(
  projection: Projection,
  events: readonly Incoming[],
  how: Projecting,
): Promise<bigint> {
  const waits = createBackoff(RETRIES);
  for (let tries = 1; ; tries += 1) {
    try {
      return await projection.apply(events);
    } catch (error) {
      const policy = policyOf(error);
      if (policy === 'never' || (policy === null && tries === MAX_UNLISTED_TRIES)) {
        return projectHalves(projection, events, { ...how, error, all: events });
      }
      if (policy !== null) throw error;
      await pause(waits.next());
    }
  }
}

type Failed = Projecting & {
  /** by which these events failed together */
  readonly error: unknown;
  /** the whole batch */
  readonly all: readonly Incoming[];
};

async function projectHalves(projection: Projection, events: readonly Incoming[], failed: Failed): Promise<bigint> {
  const [event] = events;
  if (!event) throw failed.error;
  if (events.length === 1) return parkUnlessAllFail(projection, event, failed);
  const middle = Math.ceil(events.length / 2);
  let position = 0n;
  for (const half of [events.slice(0, middle), events.slice(middle)]) {
    try {
      position = await projection.apply(half);
    } catch (error) {
      if (policyOf(error) === 'later' || policyOf(error) === 'person') throw error;
      position = await projectHalves(projection, half, { ...failed, error });
    }
  }
  return position;
}

async function parkUnlessAllFail(
  projection: Projection,
  event: Incoming,
  { error, all, version, logger }: Failed,
): Promise<bigint> {
  const isItsFault =
    policyOf(error) === 'never' || (!isAboutTables(error) && (await othersGoThrough(projection, event, all)));
  if (!isItsFault) throw error;
  logger.error({ version, position: `${event.position}`, type: event.type }, 'event parked');
  return projection.park({ event, error: reasonToPark(error) });
}

/** A table, a column or a right of the statement is not there (SQLSTATE 42, 3F): events that do not need it go through. */
function isAboutTables(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(42|3F)/.test(error.code ?? '');
}

/** Nothing is kept of what is tried. */
async function othersGoThrough(projection: Projection, { says, stream }: Incoming, all: readonly Incoming[]) {
  const others = all.filter((other) => other.says.of === says.of && other.stream !== stream);
  for (const other of others.slice(0, MAX_WITNESSES)) if (await projection.canApply(other)) return true;
  return false;
}
