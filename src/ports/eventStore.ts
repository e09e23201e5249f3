import type { NewEvent, RecordedEvent } from '../domain/events.ts';

/** The stream's last revision, or that it must not exist. There is no "any": a retry would store twice. */
export type ExpectedRevision = bigint | 'no_stream';

/** Positions are exclusive; 0n stands before the first event of the log. */
export const BEGINNING = 0n;

/** Largest append on every adapter: UTF-8 bytes of data and of metadata, and twice the type's length, of all its events. */
export const MAX_APPEND_BYTES = 1_000_000;

/** Streams whose name begins with one of these; without a filter: all of ours (never a store's own `$…`). */
export type StreamFilter = { readonly streamPrefixes: readonly string[] };

export type ReadStreamOptions = {
  /** first revision wanted (inclusive); default: the first, or the last when backwards */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** at most so many events */
  readonly limit?: number;
};

export type AppendResult = {
  /** of the append's last event */
  readonly revision: bigint;
  /** of the append's last event, or of a later one of the stream that was stored together with it */
  readonly position: bigint;
};

/**
 * The log. Batches that an iterable yields are never empty and bounded.
 *
 * Errors (`CommslogError`): `WRONG_EXPECTED_REVISION`, `APPEND_TOO_LARGE`, `INVALID_EVENT`, `STREAM_DELETED` are final;
 * `LOG_UNAVAILABLE` may be tried again; after `LOG_OUTCOME_UNKNOWN` the identical append (ids, order, expected) must be
 * tried again, which finds out; `LOG_ACCESS_DENIED` and `LOG_STORAGE_FAILED` need a person.
 */
export interface EventStore {
  /**
   * Appends the events behind `expected`. What stands there already is compared with them, every id in its order: what is
   * missing at their end is written, so the same append again succeeds, and writes nothing when all of it stands. Only when
   * something else stands there, or the stream ends before `expected`, is it `WRONG_EXPECTED_REVISION`, and nothing is
   * written. With `LOG_OUTCOME_UNKNOWN` none, all or a first part may be stored.
   * An empty list writes nothing and checks `expected`.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;
  /** A missing or deleted stream has no events. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<readonly RecordedEvent[]>;
  /** From `after` (exclusive) to where the log ends now. */
  readAll(after: bigint, filter?: StreamFilter, signal?: AbortSignal): AsyncIterable<readonly RecordedEvent[]>;
  /**
   * From `after` (exclusive) for ever, in order, without gap or repeat, across lost connections; ends only by `signal`
   * (without an error) or by a final error.
   */
  subscribe(
    after: bigint,
    filter: StreamFilter | undefined,
    signal: AbortSignal,
  ): AsyncIterable<readonly RecordedEvent[]>;
  /**
   * For ever: these streams have no events and take none any more (`STREAM_DELETED`), also those that had none yet. What
   * the store keeps of them until it is cleaned is its own affair. Again: nothing happens.
   */
  erase(streams: readonly string[]): Promise<void>;
  /**
   * Makes facts of a PBX say nothing (`FactErased`, without fields), each at its place; the stream goes on. Null: the store
   * can only erase whole streams.
   */
  readonly eraseEvents: ((stream: string, revisions: readonly bigint[]) => Promise<void>) | null;
  /** Position of the last event, 0n when there is none. */
  head(): Promise<bigint>;
  /** The log's own id: `LogCreated` in `system-log`, written when the log is first opened. */
  logId(): Promise<string>;
  close(): Promise<void>;
}

/** The events of a stream, or of a part of it, all together in memory: for streams that are short by their nature. */
export async function readEvents(
  log: Pick<EventStore, 'readStream'>,
  stream: string,
  options?: ReadStreamOptions,
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.readStream(stream, options)) events.push(...batch);
  return events;
}
