import type { Lease } from '../../ports/lease.ts';
import type { LoggedSession } from './loggedSessions.ts';
import { type Stretch, WHOLE } from './stretch.ts';

/** What of a connection is stored, and for as long as what. */
export type Plan = {
  readonly stretches: readonly Stretch[];
  /** sessions of the connection that are in the log already, by the ids of their `PbxConnected` */
  readonly known: ReadonlyMap<string, LoggedSession>;
  /** how the connection began, where its beginning is not in the journal any more; null: it is, or it is not known */
  readonly begun: Pick<LoggedSession, 'amiVersion' | 'clockOffsetMs'> | null;
  /** it is stored while this is held */
  readonly right: Lease;
  /** To be called when the connection is stored, or is stored no further. */
  close(): Promise<void>;
};

/** All of it is stored, while `right` is held. */
export function wholly(right: Lease): Plan {
  return { stretches: [WHOLE], known: new Map(), begun: null, right, close: async () => {} };
}
