import type { PbxFactData } from '../domain/events.ts';

/** Times as the PBX writes them: local, whole seconds, `2026-11-28 14:23:03`. `since` is inclusive, `until` exclusive. */
export type WantedRecords = {
  readonly since: string | null;
  readonly until: string | null;
  /** the key of the last batch that was taken in: everything before it is left out */
  readonly after: string | null;
};

export type RecordBatch = {
  /** columns verbatim, under the names of FreePBX's table (`calldate`, `uniqueid` …), with those that only a file has */
  readonly records: readonly PbxFactData[];
  /** records of the source that cannot be read */
  readonly unreadable: number;
  /** where to go on after this batch */
  readonly key: string;
};

/**
 * Where a PBX keeps its call records: its database or a file. Batches are bounded, whatever the source holds, and come in
 * the order of `calldate`, of a file in its own.
 * Errors: `CDR_UNAVAILABLE` may be tried again, `CDR_UNREADABLE` needs a person.
 */
export interface CallRecordSource {
  batches(wanted: WantedRecords, signal: AbortSignal): AsyncIterable<RecordBatch>;
  close(): Promise<void>;
}
