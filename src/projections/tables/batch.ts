import { isOfDirectory } from '../../domain/directory/fold.ts';
import { partsOfStream, pbxFactMetadataSchema, type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { factOf } from '../../domain/facts/factOf.ts';
import { keysOf } from '../../domain/facts/grouping.ts';
import { fromRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';

/** A fact and where it stands in the log. */
export type PlacedFact = {
  readonly fact: Fact;
  /** by `keysOf`, not empty */
  readonly keys: readonly string[];
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
};

/** Which fact of which session it is. */
export type FactPlace = Pick<Fact, 'pbx' | 'session' | 'seq' | 'receivedAt'> & Pick<RecordedEvent, 'position'>;

/** Where an event stands, without what it holds. */
export type EventPlace = Pick<RecordedEvent, 'stream' | 'revision' | 'position' | 'id' | 'type'>;

/** An event of a stream that is about one thing, and that thing's id. */
export type About = { readonly id: string; readonly event: RecordedEvent };

/** An event made ready to be projected, in little memory: of a PBX's fact only what is folded is kept. */
export type Incoming = EventPlace & {
  /** of a fact that a session heard, also of one that names no call or cannot be read */
  readonly heard: FactPlace | null;
  readonly says:
    | { readonly of: 'call'; readonly placed: PlacedFact }
    | ({
        readonly of: 'pbx' | 'gap' | 'customer' | 'manual' | 'annotation' | 'callback' | 'directory' | 'erasures';
      } & About)
    | { readonly of: 'nothing' }
    | { readonly of: 'poison'; readonly error: CommslogError };
};

/** The events of a batch by what they are about; those of other streams project to nothing. */
export type Batch = {
  readonly heard: readonly FactPlace[];
  readonly facts: readonly PlacedFact[];
  readonly connections: readonly About[];
  /** what became of gaps, by PBX: no row follows from it */
  readonly gaps: readonly About[];
  readonly customers: readonly About[];
  readonly manual: readonly About[];
  readonly annotations: readonly About[];
  /** who calls somebody back, and when */
  readonly callBacks: readonly About[];
  /** people, teams, names of places, and the settings that say who sees what */
  readonly directory: readonly About[];
  readonly erasures: readonly About[];
};

/** What became of gaps, said in the streams of connections. */
const OF_GAPS: ReadonlySet<string> = new Set(['GapFilled', 'GapHeard']);

export function incomingOf(event: RecordedEvent): Incoming {
  const { stream, revision, position, id, type } = event;
  const says = whatIsSaid(event);
  return { stream, revision, position, id, type, says, heard: heardIn(event, says) };
}

function heardIn({ stream, metadata, position }: RecordedEvent, says: Incoming['says']): FactPlace | null {
  if (says.of === 'call') return placeOf(says.placed);
  if (partsOfStream(stream).kind !== 'call') return null;
  const read = pbxFactMetadataSchema.safeParse(metadata);
  if (!read.success) return null;
  const { pbx, session, seq, received_at } = read.data;
  return { pbx, session, seq, position, receivedAt: received_at === null ? null : fromRfc3339(received_at) };
}

function placeOf({ fact, position }: PlacedFact): FactPlace | null {
  const { pbx, session, seq, receivedAt, imported } = fact;
  return imported === null ? { pbx, session, seq, receivedAt, position } : null;
}

function whatIsSaid(event: RecordedEvent): Incoming['says'] {
  const { stream, revision, position } = event;
  const { kind: of, id } = partsOfStream(stream);
  switch (of) {
    case 'call':
    case 'cdr':
      try {
        const fact = factOf(event);
        const keys = keysOf(fact);
        // a fact that names no call is kept in the log and belongs to no row
        return keys.length === 0
          ? { of: 'nothing' }
          : { of: 'call', placed: { fact, keys, stream, revision, position } };
      } catch (error) {
        if (error instanceof CommslogError) return { of: 'poison', error };
        throw error;
      }
    case 'pbx':
      return { of: OF_GAPS.has(event.type) ? 'gap' : of, id, event };
    case 'customer':
    case 'manual':
    case 'annotation':
    case 'callback':
      return { of, id, event };
    default:
      if (isOfDirectory(stream)) return { of: 'directory', id, event };
      return stream === streamOf.erasures ? { of: 'erasures', id, event } : { of: 'nothing' };
  }
}

/** Throws `POISON_EVENT` when a PBX fact is not as its schema says. */
export function batchOf(events: readonly Incoming[]): Batch {
  const facts: PlacedFact[] = [];
  const about: Readonly<
    Record<'pbx' | 'gap' | 'customer' | 'manual' | 'annotation' | 'callback' | 'directory' | 'erasures', About[]>
  > = {
    pbx: [],
    gap: [],
    customer: [],
    manual: [],
    annotation: [],
    callback: [],
    directory: [],
    erasures: [],
  };
  const places: FactPlace[] = [];
  for (const { says, heard } of events) {
    if (heard) places.push(heard);
    if (says.of === 'poison') throw says.error;
    if (says.of === 'call') facts.push(says.placed);
    else if (says.of !== 'nothing') about[says.of].push(says);
  }
  const { pbx, gap, customer, manual, annotation, callback, directory, erasures } = about;
  const ofPeople = { customers: customer, manual, annotations: annotation, callBacks: callback, directory };
  return { facts, heard: places, connections: pbx, gaps: gap, ...ofPeople, erasures };
}

/** What is left of an event that cannot be projected: that the log has it. */
export function batchOfParked({ heard }: Incoming): Batch {
  return { ...batchOf([]), heard: heard === null ? [] : [heard] };
}

/** Those behind `projected`, in order: a log may deliver again what stands before, in one batch with what is new. */
export function eachOnce(events: readonly Incoming[], projected: bigint): readonly Incoming[] {
  let last = projected;
  return events.filter(({ position }) => {
    if (position <= last) return false;
    last = position;
    return true;
  });
}
