import { type Annotation, type Decided, decidedIn, evolveAnnotation, NOTHING_SAID } from '../domain/acts/annotation.ts';
import { evolveManualCall, type ManualCall } from '../domain/acts/manualCall.ts';
import { type RecordedEvent, streamOf } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import type { StreamEnd } from '../log/streamEnds.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import type { FoundComms, ReadModel, WholeComms } from '../ports/readModel.ts';
import type { ActDeps } from './deps.ts';
import type { Version } from './precondition.ts';

/** One stream of people's facts about an entry. */
export type AnnotatedStream = StreamEnd & {
  readonly events: readonly RecordedEvent[];
  readonly annotation: Annotation;
};

/** The stream of a call logged by hand; `call` null: there is none, or it is void. */
export type ManualStream = AnnotatedStream & { readonly call: ManualCall | null };

/** An entry as readers see it, and what people said of it as the log has it now. */
export type EntryState = {
  readonly entry: WholeComms;
  /** null: a PBX told it */
  readonly call: ManualCall | null;
  /** where what is said of it now goes */
  readonly own: AnnotatedStream;
  /** its own, those of ids that it had before, and those of calls logged by hand that were merged with it */
  readonly streams: readonly AnnotatedStream[];
  readonly decided: Decided;
  readonly version: Version;
};

export type FoundEntry = FoundComms & { readonly kind: 'found' };

/** The entry of an id, also of one that it had before. Error: `NOT_FOUND`. */
export async function findEntry(readModel: ReadModel, id: string): Promise<FoundEntry> {
  const found = await readModel.get(id);
  const current = found?.kind === 'moved' ? await readModel.get(found.currentId) : found;
  if (current?.kind !== 'found') throw noSuchEntry();
  return current;
}

/** Error: `NOT_FOUND`, also when it was made void and readers do not see that yet. */
export async function readEntryState(
  { log, readModel }: Pick<ActDeps, 'log' | 'readModel'>,
  id: string,
): Promise<EntryState> {
  const { entry, aliases } = await findEntry(readModel, id);
  const manual = entry.source === 'manual' ? await readManualStream(log, entry.ext_message_id, entry.derivation) : null;
  if (manual && !manual.call) throw noSuchEntry();
  const own = manual ?? (await readAnnotation(log, entry.id));
  const former = await Promise.all(aliases.map((alias) => readAnnotation(log, alias)));
  const merged = [own, ...former].flatMap(({ annotation }) => annotation.merged.map((one) => one.manual));
  const byHand = await Promise.all(merged.map((uuid) => readManualStream(log, uuid, entry.derivation)));
  const streams = [own, ...former, ...byHand];
  return {
    entry,
    call: manual?.call ?? null,
    own,
    streams,
    decided: decidedIn(streams.map(({ annotation }) => annotation)),
    version: { id: entry.id, revision: own.last?.revision ?? -1n },
  };
}

export function noSuchEntry(): CommslogError {
  return new CommslogError('NOT_FOUND', 'There is no such entry.');
}

async function readAnnotation(log: EventStore, id: string): Promise<AnnotatedStream> {
  const stream = streamOf.annotation(id);
  const events = await readEvents(log, stream);
  return { stream, last: events.at(-1), events, annotation: events.reduce(evolveAnnotation, NOTHING_SAID) };
}

/** `derivation`: of the read model, for the call's entry. */
export async function readManualStream(log: EventStore, uuid: string, derivation: string): Promise<ManualStream> {
  const stream = streamOf.manual(uuid);
  const events = await readEvents(log, stream);
  const call = events.reduce<ManualCall | null>(
    (before, event) => evolveManualCall(uuid, before, event, derivation),
    null,
  );
  return { stream, last: events.at(-1), events, call, annotation: call?.annotation ?? NOTHING_SAID };
}
