import { isDeepStrictEqual } from 'node:util';
import { LISTENER_FACT_TYPES, pbxFactMetadataSchema, type RecordedEvent } from '../../src/domain/events.ts';
import { toRfc3339 } from '../../src/domain/time.ts';
import type { Heard, HeardFact } from '../../src/listening/heard.ts';
import type { Books } from './books.ts';

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

/** Keeps books of all that one server hands to its journal: nothing kept is lost, is there twice, or is invented. */
export class Ledger implements Books {
  readonly broken: string[] = [];
  readonly #entries = new Map<string, Entry>();
  /** ids of connections by their session's number */
  readonly #connections = new Map<number, string>();
  readonly #ended = new Set<number>();
  readonly #lastOfStream = new Map<string, readonly [session: number, seq: number]>();

  /** The end of a connection is told again by each process that finds no proof of it. */
  hand(heard: Heard): () => void {
    const entries = entriesOf(heard).map(([name, entry]) => this.#entries.get(name) ?? this.#begin(name, entry));
    return () => {
      for (const entry of entries) entry.isKept = true;
    };
  }

  release(heard: Heard): void {
    for (const [name] of entriesOf(heard))
      this.#expect(this.#entries.get(name)?.isStored, `${name} is released and not in the log`);
  }

  store(event: RecordedEvent): void {
    const place = pbxFactMetadataSchema.safeParse(event.metadata).data;
    if (place !== undefined) this.#storeFact(event, place);
    else if (event.stream === 'pbx-pbx') this.#storeOfConnection(event);
  }

  /** Of each connection there are no holes either. */
  expectComplete(): void {
    const ended = new Set<string>();
    for (const [name, { fact, isKept, isStored }] of this.#entries) {
      this.#expect(isStored || !isKept, `${name} was acknowledged and is not in the log`);
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
    const [lastSession, lastSeq] = this.#lastOfStream.get(event.stream) ?? [-1, -1];
    const isBehind = session > lastSession || (session === lastSession && seq > lastSeq);
    this.#expect(isBehind, `${name} stands behind a later one of its stream`);
    this.#lastOfStream.set(event.stream, [session, seq]);
    const isAfterAll = event.type === LISTENER_FACT_TYPES.callGivenUp;
    this.#expect(isAfterAll || !this.#ended.has(session), `${name} stands behind the end of its connection`);
  }

  #storeOfConnection({ type, id, revision, data }: RecordedEvent): void {
    // told of what stands in the log: a power cut may make a process store again what was not released before other sessions
    if (type === 'GapHeard') return;
    if (type === 'PbxConnected') this.#connections.set(Number(revision), id);
    if (type === 'PbxDisconnected') this.#ended.add(Number(data.session));
    const connection = type === 'PbxConnected' ? id : this.#connections.get(Number(data.session));
    this.#store(nameOf(connection ?? '', type, String(data.at)));
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

function nameOf(connection: string, type: string, at: string): string {
  return ONCE_A_CONNECTION.has(type) ? `${connection}/${type}` : `${connection}/${type}/${at}`;
}
