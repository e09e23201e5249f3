import { v5 as uuidv5 } from 'uuid';
import type { Micros } from '../../domain/time.ts';
import type { LoggedSession } from './loggedSessions.ts';

/** A part of a connection that is stored in one session: its facts from number `from` to before `to`. */
export type Stretch = {
  /** the number by which the session is told from others of the connection (`idOfStretch`) */
  readonly origin: number;
  readonly from: number;
  /** infinite: to the end of the connection, as far as that is heard */
  readonly to: number;
  /** when it begins, by this server's clock; null: with its connection */
  readonly beginsAt: Micros | null;
  /** the first session of another server that begins later; null: none has yet */
  readonly next: LoggedSession | null;
  /** when that begins, by this server's clock */
  readonly nextAt: Micros | null;
  /** where it ends is found by the frames: nothing is missing between it and `next` */
  readonly isProved: boolean;
};

/** A connection of which nobody else has heard anything, or of which that is not known to matter. */
export const WHOLE: Stretch = {
  origin: 0,
  from: 0,
  to: Number.POSITIVE_INFINITY,
  beginsAt: null,
  next: null,
  nextAt: null,
  isProved: true,
};

const STRETCH_NAMESPACE = '1d0a7e42-94c5-4b61-9f0e-7c3b8a5d2e10';

/** The id of the `PbxConnected` of a stretch: the connection's own where it begins with it. */
export function idOfStretch(connection: string, origin: number): string {
  return origin === 0 ? connection : uuidv5(`${connection}/${origin}`, STRETCH_NAMESPACE);
}
