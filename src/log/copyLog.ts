import { type RecordedEvent, streamOf } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import { BEGINNING, type EventStore, MAX_APPEND_BYTES, readEvents } from '../ports/eventStore.ts';
import { LogDigest } from './logDigest.ts';
import { readLogCreated } from './logId.ts';
import { sizeOfNew } from './outgoing.ts';
import { firstEvent } from './streamEnds.ts';

/** Events that are copied side by side, each stream in its order; the next ones wait until all of them are there. */
const WINDOW = 2_000;

export type CopyProgress = {
  readonly step: 'resuming' | 'copying' | 'comparing';
  /** that were looked at in this step */
  readonly events: number;
};

/**
 * Copies a log into one that was opened as its copy (`copiedFrom`): events keep their ids, streams and revisions; the copy
 * has an id of its own. What an interrupted run has copied is not copied again. At the end both logs are read and compared.
 * Streams that were deleted are left out, also while the store still holds their events. The number of events in the copy.
 * Errors: `LOG_IS_ANOTHER` when the target is no copy of this log, `LOG_DIFFERS`; those of the logs.
 */
export async function copyLog(
  source: EventStore,
  target: EventStore,
  onProgress: (progress: CopyProgress) => void = () => {},
): Promise<number> {
  const created = await readLogCreated(target);
  if (created?.copied_from !== (await source.logId())) {
    throw new CommslogError('LOG_IS_ANOTHER', 'The log to copy into is no empty one, and no copy of this log.');
  }
  const told = (step: CopyProgress['step']) => (events: number) => onProgress({ step, events });
  let end = await resumePoint(source, target, told('resuming'));
  let copied = 0;
  for await (const { events, last } of windows(source, end)) {
    await Promise.all([...byStream(events)].map(([stream, own]) => appendMissing(target, stream, own)));
    copied += events.length;
    end = last;
    told('copying')(copied);
  }
  return compare(source, target, end, told('comparing'));
}

/** Where in the source to go on: whatever stands a whole window before the end of the copy was copied with all before it. */
async function resumePoint(
  source: EventStore,
  target: EventStore,
  onEvents: (events: number) => void,
): Promise<bigint> {
  let last: RecordedEvent[] = [];
  let seen = 0;
  for await (const batch of target.readAll(BEGINNING)) {
    last = [...last, ...batch.filter(isCopied)].slice(-WINDOW - 1);
    seen += batch.length;
    onEvents(seen);
  }
  const [first] = last;
  if (first === undefined || last.length <= WINDOW) return BEGINNING;
  const [original] = await readEvents(source, first.stream, { from: first.revision, limit: 1 });
  return original?.id === first.id ? original.position : BEGINNING;
}

/** The events behind `after` in portions, without those of deleted streams, and where each portion ends. */
async function* windows(log: EventStore, after: bigint): AsyncGenerator<{ events: RecordedEvent[]; last: bigint }> {
  let waiting: RecordedEvent[] = [];
  const take = async () => {
    const window = waiting.slice(0, WINDOW);
    waiting = waiting.slice(WINDOW);
    const living = await existing(log, new Set(window.map(({ stream }) => stream)));
    return { events: window.filter(({ stream }) => living.has(stream)), last: window.at(-1)?.position ?? after };
  };
  for await (const batch of log.readAll(after)) {
    waiting.push(...batch.filter(isCopied));
    while (waiting.length >= WINDOW) yield await take();
  }
  if (waiting.length > 0) yield await take();
}

/** A store can give back events of a deleted stream for a while; nobody may get them by a copy. */
async function existing(log: EventStore, streams: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await Promise.all(
    [...streams].map(async (stream) => {
      if (await firstEvent(log, stream)) found.add(stream);
    }),
  );
  return found;
}

/** The log's own id is not copied. */
function isCopied({ stream }: RecordedEvent): boolean {
  return stream !== streamOf.log;
}

function byStream(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly RecordedEvent[]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const own = streams.get(event.stream) ?? [];
    own.push(event);
    streams.set(event.stream, own);
  }
  return streams;
}

/** Appends what is not there yet of events that follow on one another. An interrupted run may have had other portions. */
async function appendMissing(target: EventStore, stream: string, events: readonly RecordedEvent[]): Promise<void> {
  for (const portion of appendable(events)) {
    const before = (portion[0]?.revision ?? 0n) - 1n;
    await target.append(stream, portion, before < 0n ? 'no_stream' : before);
  }
}

/** Portions that an append can hold. */
function* appendable(events: readonly RecordedEvent[]): Generator<readonly RecordedEvent[], void> {
  let portion: RecordedEvent[] = [];
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    const size = sizeOfNew(event);
    if (index > 0 && bytes + size > MAX_APPEND_BYTES) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(event);
    bytes += size;
  }
  yield portion;
}

async function compare(
  source: EventStore,
  target: EventStore,
  end: bigint,
  onEvents: (events: number) => void,
): Promise<number> {
  const [original, copy] = [new LogDigest(), new LogDigest()];
  for await (const { events } of windows(source, BEGINNING)) {
    for (const event of events) if (event.position <= end) original.add(event);
    onEvents(original.events);
  }
  for await (const batch of target.readAll(BEGINNING)) {
    for (const event of batch) if (isCopied(event)) copy.add(event);
    onEvents(original.events + copy.events);
  }
  if (original.equals(copy)) return original.events;
  throw new CommslogError(
    'LOG_DIFFERS',
    `The copy is not what was copied: ${original.events} events here, ${copy.events} there. Has something else written into it?`,
  );
}
