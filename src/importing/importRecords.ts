/** Call records of a PBX → facts in the log, each once. */
import type { NewEvent, PbxFactData } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { localTimeOf } from '../domain/zone.ts';
import type { CallRecordSource, RecordBatch } from '../ports/callRecordSource.ts';
import type { Clock } from '../ports/clock.ts';
import { BEGINNING, type EventStore } from '../ports/eventStore.ts';
import { appendRecords } from './appendRecords.ts';
import { type RecordEvent, recordEvent } from './recordEvent.ts';
import { checkZone } from './zoneCheck.ts';

/** Streams that are appended to side by side. */
const APPENDS_AT_ONCE = 512;
/** Local times of the period are asked for with so much more on both sides: clocks are changed by less. */
const MARGIN = 86_400_000_000;

export type ImportOptions = {
  /** null: a dry run, which reads and counts, and stores nothing */
  readonly log: EventStore | null;
  readonly source: CallRecordSource;
  readonly pbx: string;
  /** IANA name of the PBX's time zone */
  readonly zone: string;
  /** records that began then or later, and before `until`; null: all */
  readonly since: Micros | null;
  readonly until: Micros | null;
  /** the key of the last batch of a run that was interrupted */
  readonly after: string | null;
  readonly clock: Clock;
  readonly app: string;
  readonly signal: AbortSignal;
};

export type ImportCounts = {
  readonly read: number;
  /** a call that had some of its records before can count with all of them */
  readonly stored: number;
  /** were in the log before */
  readonly known: number;
  /** belong to calls that were erased, and are never stored again */
  readonly erased: number;
  readonly unreadable: number;
  /** of the stored: began in the hour that comes twice, and nothing tells in which */
  readonly ambiguous: number;
};

export type ImportProgress = {
  readonly counts: ImportCounts;
  readonly key: string;
  /** what the last batch holds of the period */
  readonly events: readonly RecordEvent[];
};

const NOTHING: ImportCounts = { read: 0, stored: 0, known: 0, erased: 0, unreadable: 0, ambiguous: 0 };

/**
 * Imports the records of the period, one batch after the other; what a batch yields is stored before it is told.
 * The same record twice, from whatever source, is one fact.
 * Errors: `CDR_TIME_ZONE_WRONG`, those of the source and the log.
 */
export async function* importRecords(options: ImportOptions): AsyncGenerator<ImportProgress, void> {
  const { log, source, zone, since, until, after, signal } = options;
  const head = (await log?.head()) ?? BEGINNING;
  const wanted = {
    since: since === null ? null : localTimeOf((since - MARGIN) as Micros, zone),
    until: until === null ? null : localTimeOf((until + MARGIN) as Micros, zone),
    after,
  };
  let counts = NOTHING;
  for await (const batch of oneAhead(made(source.batches(wanted, signal), options))) {
    const stored = log === null ? NOTHING : await store(log, batch.events, head);
    counts = sum(sum(counts, batch.counts), stored);
    yield { counts, key: batch.key, events: batch.events };
  }
}

/** What is stored of the records of each batch. */
async function* made(batches: AsyncIterable<RecordBatch>, options: ImportOptions): AsyncGenerator<ImportProgress> {
  for await (const batch of batches) yield { ...eventsOf(batch, options), key: batch.key };
}

function eventsOf(batch: RecordBatch, options: ImportOptions): Pick<ImportProgress, 'counts' | 'events'> {
  const { pbx, zone, clock, app, since, until } = options;
  const context = { pbx, zone, app, now: clock.now() };
  const made = batch.records.map((record: PbxFactData) => recordEvent(record, context));
  const readable = made.filter((one) => one !== null);
  checkZone(readable, zone);
  const events = readable.filter(
    ({ beganAt }) => (since === null || beganAt >= since) && (until === null || beganAt < until),
  );
  const counts = {
    ...NOTHING,
    read: events.length + made.length - readable.length + batch.unreadable,
    unreadable: made.length - readable.length + batch.unreadable,
    ambiguous: events.filter(({ isAmbiguous }) => isAmbiguous).length,
  };
  return { counts, events };
}

async function store(log: EventStore, events: readonly RecordEvent[], head: bigint): Promise<ImportCounts> {
  const waiting = [...byStream(events)];
  let stored = 0;
  let erased = 0;
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const appended = await appendRecords(log, next[0], next[1], head);
      stored += appended.stored;
      erased += appended.erased;
    }
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, work));
  return { ...NOTHING, stored, erased, known: events.length - stored - erased };
}

function byStream(events: readonly RecordEvent[]): ReadonlyMap<string, NewEvent[]> {
  const streams = new Map<string, Map<string, NewEvent>>();
  for (const { stream, event } of events) {
    const own = streams.get(stream) ?? new Map<string, NewEvent>();
    streams.set(stream, own.set(event.id, event));
  }
  return new Map([...streams].map(([stream, own]) => [stream, [...own.values()]]));
}

function sum(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    read: a.read + b.read,
    stored: a.stored + b.stored,
    known: a.known + b.known,
    erased: a.erased + b.erased,
    unreadable: a.unreadable + b.unreadable,
    ambiguous: a.ambiguous + b.ambiguous,
  };
}

/** The next batch is read and made into events while one is stored: the database works meanwhile. */
async function* oneAhead<T>(batches: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = batches[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (let batch = await next; !batch.done; batch = await next) {
      next = iterator.next();
      // told when it is awaited
      next.catch(() => {});
      yield batch.value;
    }
  } finally {
    await iterator.return?.();
  }
}
