import type { Micros } from '../domain/time.ts';
import type { RestartProof } from './heard.ts';

/** `<second>.<counter>`, behind the name of the system if it has one: when the PBX made a channel, as which one. */
const UNIQUEID = /^(|.*-)(\d{1,11})\.(\d{1,10})$/;
/** Between two channels that were made at the same time the order is not sure. */
const SURELY_LATER_SECONDS = 2;
/** A PBX has one name; an application that gives ids to its channels is not to be taken for the PBX. */
const MAX_SYSTEMS = 10;

type Id = { readonly text: string; readonly system: string; readonly second: number; readonly counter: number };

/**
 * Notices that a PBX was started anew between two connections: it says another start time, or its count of channels, which
 * begins at 0 with every start, is lower for a channel that was made later.
 */
export class RestartWatch {
  /** by system */
  readonly #newest = new Map<string, Id>();
  /** those of the connections before this one */
  readonly #before = new Map<string, Id>();
  #startedAt: string | null = null;
  #isProved = false;

  /** A channel that was heard of before this connection, by an earlier process as well. */
  heardBefore(uniqueid: string): void {
    const id = idOf(uniqueid);
    if (id === null) return;
    takeNewer(this.#before, id);
    takeNewer(this.#newest, id);
  }

  /** The start time that an earlier process was told. */
  startedBefore(startedAt: string | null): void {
    this.#startedAt = startedAt;
  }

  /** A new connection begins. */
  connected(): void {
    for (const id of this.#newest.values()) takeNewer(this.#before, id);
    this.#isProved = false;
  }

  /** A channel is heard of. Tells of each connection once that the PBX was started anew before it. */
  shows(uniqueid: string): RestartProof | null {
    const id = idOf(uniqueid);
    if (id === null) return null;
    takeNewer(this.#newest, id);
    const before = this.#before.get(id.system);
    if (before === undefined || id.second < before.second + SURELY_LATER_SECONDS) return null;
    return this.#prove('uniqueid_counter', id.counter <= before.counter);
  }

  /** The PBX says when it was started. */
  says(startedAt: string): RestartProof | null {
    const before = this.#startedAt;
    this.#startedAt = startedAt;
    return this.#prove('start_time', before !== null && isAnotherStart(startedAt, before));
  }

  newestUniqueids(): string[] {
    return [...this.#newest.values()].map(({ text }) => text);
  }

  startedAt(): string | null {
    return this.#startedAt;
  }

  #prove(proof: RestartProof, isProof: boolean): RestartProof | null {
    if (!isProof || this.#isProved) return null;
    this.#isProved = true;
    return proof;
  }
}

const QUARTER_MS = 15 * 60 * 1_000;

/**
 * Both are local time of the PBX without its zone. When summer time begins or ends the same start is told otherwise, by
 * whole quarters of an hour: that proves nothing.
 */
function isAnotherStart(startedAt: string, before: string): boolean {
  const ms = asUtc(startedAt) - asUtc(before);
  return !Number.isNaN(ms) && ms % QUARTER_MS !== 0;
}

function asUtc(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

function idOf(text: string): Id | null {
  const [, system, second, counter] = UNIQUEID.exec(text) ?? [];
  if (system === undefined || second === undefined || counter === undefined) return null;
  return { text, system, second: Number(second), counter: Number(counter) };
}

function takeNewer(newest: Map<string, Id>, id: Id): void {
  const before = newest.get(id.system);
  if (before === undefined && newest.size >= MAX_SYSTEMS) return;
  const isNewer =
    before === undefined || id.second > before.second || (id.second === before.second && id.counter > before.counter);
  if (isNewer) newest.set(id.system, id);
}

const QUARTER_MICROS = QUARTER_MS * 1_000;
const [WESTMOST, EASTMOST] = [-12 * 4, 14 * 4];
/** Whole seconds of the PBX, and clocks that differ by a little. */
const ABOUT_MICROS = 2_000_000;

/**
 * When a PBX was started, in our clock, that says `2026-11-23 01:54:12`: its local time without its zone. It was between
 * `from` and `to`, and zones differ by quarters of an hour, so mostly only one fits. Null when none does, or several do.
 */
export function startBetween(text: string, from: Micros, to: Micros, clockOffsetMs: number): Micros | null {
  const utc = (asUtc(text) - clockOffsetMs) * 1000;
  if (Number.isNaN(utc)) return null;
  const fitting: number[] = [];
  for (let quarters = WESTMOST; quarters <= EASTMOST; quarters += 1) {
    const at = utc - quarters * QUARTER_MICROS;
    if (at >= from - ABOUT_MICROS && at <= to + ABOUT_MICROS) fitting.push(at);
  }
  const [at] = fitting;
  return at !== undefined && fitting.length === 1 ? (at as Micros) : null;
}
