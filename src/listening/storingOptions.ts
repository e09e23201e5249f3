import type { Logger } from 'pino';
import type { Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import type { Journal } from './journal/journal.ts';
import type { LogAppender } from './logAppender.ts';
import type { MemoryShare } from './memoryBudget.ts';
import type { MissingFacts } from './missingFacts.ts';
import type { RefusedCounts } from './refusedCounts.ts';
import type { SharingTimings } from './sharing/planning.ts';
import type { OwnConnections, Sharing } from './sharing/sharing.ts';
import type { StoredTrail } from './sharing/storedTrail.ts';

export type StoringOptions = {
  readonly pbx: string;
  readonly app: string;
  readonly journal: Journal;
  readonly log: EventStore;
  readonly appender: LogAppender;
  /** null: nobody else stores what this PBX says */
  readonly sharing: Sharing | null;
  readonly own: OwnConnections;
  readonly timings: SharingTimings;
  readonly memory: MemoryShare;
  readonly clock: Clock;
  readonly logger: Logger;
  /** null: what the log refuses is dropped */
  readonly refusedFacts: RefusedFacts | null;
  /** after it has aborted nothing more is stored */
  readonly signal: AbortSignal;
};

/** What all runs of the storing of a PBX count and tell. */
export type StoringTally = {
  stored: number;
  /** facts that another server has stored, or that cannot be told from such */
  setAside: number;
  readonly refused: RefusedCounts;
  readonly missing: MissingFacts;
  readonly trail: StoredTrail;
  /** the latest session that was opened and whose end is not stored */
  session: { readonly session: number; readonly connection: string } | null;
  /** when the oldest record was received that is not stored */
  oldestAt: () => Micros | null;
};
