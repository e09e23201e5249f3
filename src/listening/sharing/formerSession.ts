import { later, type Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { OpenedSession } from '../sessionLog.ts';
import { byThePbx, sessionsSince } from './loggedSessions.ts';
import type { Words } from './words.ts';

/** A session whose server has gone without a word. */
export type FormerSession = OpenedSession & { readonly connection: string; readonly lastHeardAt: Micros };

/**
 * The session of who had the lease before, if its end is not in the log; `words` are the last that it told. Up to when it has
 * heard is up to when all of it is stored: what it has heard since is in its journal. Errors: those of the log.
 */
export async function formerSession(
  log: Pick<EventStore, 'readStream'>,
  pbx: string,
  { connection, heardUntil, storedUntil, clockOffsetMs }: Words,
): Promise<FormerSession | null> {
  if (connection === null) return null;
  const at = byThePbx(heardUntil ?? (0 as Micros), clockOffsetMs);
  // it may have been stored without the holder having learnt of it
  const session = (await sessionsSince(log, pbx, { at, id: connection })).find(({ id }) => id === connection);
  if (session === undefined || session.end !== null) return null;
  const lastHeardAt = later(session.beginsAt, storedUntil) ?? session.beginsAt;
  return { session: session.session, position: session.position, connection, lastHeardAt };
}
