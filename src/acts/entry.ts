import { type Annotation, type Decided, decidedIn, evolveAnnotation, NOTHING_SAID } from '../domain/acts/annotation.ts';
import { evolveManualCall, type ManualCall } from '../domain/acts/manualCall.ts';
import type { CommsEntry } from '../domain/entry.ts';
import { type RecordedEvent, streamOf } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import type { CustomerName, FoundComms, ReadModel } from '../ports/readModel.ts';
import type { Version } from './precondition.ts';

/** One stream of people's facts about an entry. */
export type Part = {
  readonly stream: string;
  readonly events: readonly RecordedEvent[];
  readonly annotation: Annotation;
};

/** An entry as readers see it, and what people said of it as the log has it now. */
export type EntryState = {
  readonly entry: CommsEntry;
  readonly customer: CustomerName | null;
  /** null: a PBX told it */
  readonly call: ManualCall | null;
  /** where what is said of it now goes */
  readonly own: Part;
  /** its own, those of ids that it had before, and those of calls logged by hand that were merged with it */
  readonly parts: readonly Part[];
  readonly decided: Decided;
  readonly version: Version;
};

type Found = Extract<FoundComms, { kind: 'found' }>;

/** The entry of an id, also of one that it had before. Error: `NOT_FOUND`. */
export async function findEntry(readModel: ReadModel, id: string): Promise<Found> {
  const found = await readModel.get(id);
  const current = found?.kind === 'moved' ? await readModel.get(found.currentId) : found;
  if (current?.kind !== 'found') throw noSuchEntry();
  return current;
}

/** Error: `NOT_FOUND`, also when it was made void and readers do not see that yet. */
export async function readEntryState(
  { log, readModel }: { readonly log: EventStore; readonly readModel: ReadModel },
  id: string,
): Promise<EntryState> {
  const { entry, customer, aliases } = await findEntry(readModel, id);
  const manual = entry.source === 'manual' ? await readManual(log, entry.ext_message_id, entry.derivation) : null;
  if (manual && !manual.call) throw noSuchEntry();
  const own = manual?.part ?? (await readAnnotation(log, entry.id));
  const former = await Promise.all(aliases.map((alias) => readAnnotation(log, alias)));
  const merged = [own, ...former].flatMap(({ annotation }) => annotation.merged.map((one) => one.manual));
  const byHand = await Promise.all(merged.map((uuid) => readManual(log, uuid, entry.derivation)));
  const parts = [own, ...former, ...byHand.map(({ part }) => part)];
  return {
    entry,
    customer,
    call: manual?.call ?? null,
    own,
    parts,
    decided: decidedIn(parts.map(({ annotation }) => annotation)),
    version: { id: entry.id, revision: revisionOf(own) ?? -1n },
  };
}

/** Of its last event; undefined when it has none. */
export function revisionOf({ events }: Part): bigint | undefined {
  return events.at(-1)?.revision;
}

export function noSuchEntry(): CommslogError {
  return new CommslogError('NOT_FOUND', 'There is no such entry.');
}

async function readAnnotation(log: EventStore, id: string): Promise<Part> {
  const stream = streamOf.annotation(id);
  const events = await readEvents(log, stream);
  return { stream, events, annotation: events.reduce(evolveAnnotation, NOTHING_SAID) };
}

async function readManual(log: EventStore, uuid: string, derivation: string) {
  const stream = streamOf.manual(uuid);
  const events = await readEvents(log, stream);
  const call = events.reduce<ManualCall | null>(
    (before, event) => evolveManualCall(uuid, before, event, derivation),
    null,
  );
  return { call, part: { stream, events, annotation: call?.annotation ?? NOTHING_SAID } };
}
