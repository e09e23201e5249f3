import type { Author, LogExported, RecordedEvent } from '../domain/events.ts';
import type { RawFactsRead } from '../domain/rawFactsRead.ts';

/** What a person did to the log that leaves no other trace: raw facts read, something exported. */
export type AuditFact =
  | { readonly type: 'RawFactsRead'; readonly data: RawFactsRead }
  | { readonly type: 'LogExported'; readonly data: LogExported };

/** Where a page goes on: newest first by month (`2026-11`) and revision. */
export type AuditKey = { readonly month: string; readonly revision: bigint };

/** Who read what: the streams `audit-<yyyy-mm>`. They hold opaque ids and the times of calls: no number, no name. */
export interface AuditTrail {
  /** Resolves when it is stored; whatever it is about must not be handed out before. Errors: those of the log. */
  record(fact: AuditFact, by: Author): Promise<void>;
  /** The newest first. Throws when `signal` aborts. */
  list(
    after: AuditKey | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ items: readonly RecordedEvent[]; next: AuditKey | null }>;
}
