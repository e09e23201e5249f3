import { isDeepStrictEqual } from 'node:util';
import { LEFT_BECAUSE } from '../../src/domain/connectionEvents.ts';
import { LISTENER_FACT_TYPES, pbxFactMetadataSchema, type RecordedEvent } from '../../src/domain/events.ts';
import { toRfc3339 } from '../../src/domain/time.ts';
import type { Heard, HeardFact } from '../../src/listening/heard.ts';
import { fieldOf } from '../../src/ports/pbxSource.ts';
import { FRAME_NUMBER } from './simulatedPbx.ts';

/** What must come to the log, once. */
type Entry = { readonly fact: HeardFact | null; isKept: boolean; isStored: boolean };

/** What is stored of the others, and how it is told from another of its kind in the same connection. */
const TYPES: Readonly<Record<Exclude<Heard['kind'], 'facts'>, string>> = {
  connected: 'PbxConnected',
  clock: 'ClockCompared',
  listed: 'ChannelsListed',
  restarted: 'PbxRestarted',
  disconnected: 'PbxDisconnected',
};
const ONCE_A_CONNECTION = new Set(['PbxConnected', 'PbxDisconnected']);
const OWN_FACTS = new Set<string>(Object.values(LISTENER_FACT_TYPES));
/** What one server says of the session of another; of its end too, by its reason. */
const SAID_BY_ANOTHER = new Set(['GapHeard']);

/**
 * Keeps books of all that is handed to journals: nothing kept is lost, nothing is there twice, nothing is invented. Where
 * several listen, a frame that was heard by more than one is stored by one of them, and what goes with it (their own
 * facts, beginnings and ends) may be left out by the others.
 */
export class Ledger {
  /** what must not be, in words; told here, since whoever does it may swallow an error */
  readonly broken: string[] = [];
  readonly #areSeveral: boolean;
  readonly #entries = new Map<string, Entry>();
  /** numbers of the frames that are in the log */
  readonly #frames = new Set<string>();
  /** ids of connections by their session's number */
  readonly #connections = new Map<number, string>();
  readonly #ended = new Set<number>();
  readonly #lastOfPlace = new Map<string, readonly [session: number, seq: number]>();

  constructor({ areSeveral }: { readonly areSeveral: boolean }) {
    this.#areSeveral = areSeveral;
  }

  /**
   * A process hands it to the journal; call what is returned when the journal says that it is safe. The end of a connection
   * is told again by each process that finds no proof of it.
   */
  hand(heard: Heard): () => void {
    const entries = entriesOf(heard).map(([name, entry]) => this.#entries.get(name) ?? this.#begin(name, entry));
    return () => {
      for (const entry of entries) entry.isKept = true;
    };
  }

  /** The journal is told that it need not keep this any longer. */
  release(heard: Heard): void {
    for (const [name] of entriesOf(heard)) {
      const entry = this.#entries.get(name);
      this.#expect(entry && this.#isSettled(entry), `${name} is released and not in the log`);
    }
  }

  /** It is in the log. */
  store(event: RecordedEvent): void {
    const place = pbxFactMetadataSchema.safeParse(event.metadata).data;
    if (place !== undefined) this.#storeFact(event, place);
    else if (event.stream === 'pbx-pbx') this.#storeOfConnection(event);
  }

  /** At rest: all that the journal has acknowledged is in the log, and of each connection there are no holes. */
  expectComplete(): void {
    const ended = new Set<string>();
    for (const [name, entry] of this.#entries) {
      const { fact, isKept, isStored } = entry;
      this.#expect(this.#isSettled(entry) || !isKept, `${name} was acknowledged and is not in the log`);
      const [connection = ''] = name.split('/');
      if (fact !== null && !isStored) ended.add(connection);
      this.#expect(fact === null || !isStored || !ended.has(connection), `${name} stands behind a hole`);
    }
  }

  #begin(name: string, entry: Entry): Entry {
    this.#entries.set(name, entry);
    return entry;
  }

  #storeFact(event: RecordedEvent, { session, seq }: { readonly session: number; readonly seq: number }): void {
    const name = `${this.#connections.get(session)}/${seq}`;
    const fact = this.#store(name)?.fact;
    this.#expect(isDeepStrictEqual(event.data.fields, fact?.fields), `${name} says something else`);
    this.#storeInOrder(event.stream, name, [session, seq]);
    const frame = frameOf(fact);
    if (frame !== null) {
      this.#expect(!this.#frames.has(frame), `the frame ${frame} stands twice in the log`);
      this.#frames.add(frame);
    }
    const isAfterAll = event.type === LISTENER_FACT_TYPES.callGivenUp;
    this.#expect(isAfterAll || !this.#ended.has(session), `${name} stands behind the end of its connection`);
  }

  /** Where several store, what one has kept in its journal may come behind what another has heard later. */
  #storeInOrder(stream: string, name: string, [session, seq]: readonly [session: number, seq: number]): void {
    const place = this.#areSeveral ? `${session}/${stream}` : stream;
    const [lastSession, lastSeq] = this.#lastOfPlace.get(place) ?? [-1, -1];
    const isBehind = session > lastSession || (session === lastSession && seq > lastSeq);
    this.#expect(isBehind, `${name} stands behind a later one of its stream`);
    this.#lastOfPlace.set(place, [session, seq]);
  }

  #storeOfConnection({ type, id, revision, data }: RecordedEvent): void {
    if (type === 'PbxConnected') this.#connections.set(Number(revision), id);
    if (SAID_BY_ANOTHER.has(type) || data.reason === LEFT_BECAUSE.takenOver) return;
    if (type === 'PbxDisconnected') this.#ended.add(Number(data.session));
    const connection = type === 'PbxConnected' ? id : this.#connections.get(Number(data.session));
    this.#store(nameOf(connection ?? '', type, String(data.at)));
  }

  #isSettled({ fact, isStored }: Entry): boolean {
    const frame = frameOf(fact);
    return isStored || (this.#areSeveral && (frame === null || this.#frames.has(frame)));
  }

  #store(name: string): Entry | undefined {
    const entry = this.#entries.get(name);
    this.#expect(entry, `${name} was never heard`);
    this.#expect(!entry?.isStored, `${name} stands twice in the log`);
    if (entry) entry.isStored = true;
    return entry;
  }

  #expect(holds: unknown, otherwise: string): void {
    if (!holds) this.broken.push(otherwise);
  }
}

function entriesOf(heard: Heard): (readonly [name: string, Entry])[] {
  const { connection, kind, at } = heard;
  const entry = (fact: HeardFact | null): Entry => ({ fact, isKept: false, isStored: false });
  if (kind === 'facts') return heard.facts.map((fact) => [`${connection}/${fact.seq}`, entry(fact)]);
  return [[nameOf(connection, TYPES[kind], at === null ? '' : toRfc3339(at)), entry(null)]];
}

/** The number of the frame that a fact is; null: it is none of the PBX's. */
function frameOf(fact: HeardFact | null | undefined): string | null {
  if (fact == null || OWN_FACTS.has(fact.type)) return null;
  return fieldOf(fact.fields, FRAME_NUMBER) ?? null;
}

function nameOf(connection: string, type: string, at: string): string {
  return ONCE_A_CONNECTION.has(type) ? `${connection}/${type}` : `${connection}/${type}/${at}`;
}
