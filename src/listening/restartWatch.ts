import type { Micros } from '../domain/time.ts';
import type { RestartProof } from './heard.ts';

/** `<second>.<counter>`, behind a system's name if there is one: when the PBX made the channel, and the how manieth it was. */
const UNIQUEID = /(?:^|-)(\d{1,11})\.(\d{1,10})$/;
/** Between two channels that were made at the same time the order is not sure. */
const SURELY_LATER_SECONDS = 2;

type Id = { readonly text: string; readonly second: number; readonly counter: number };

/**
 * Notices that a PBX was started anew between two connections: it says another start time, or its count of channels, which
 * begins at 0 with every start, is lower for a channel that was made later.
 */
export class RestartWatch {
  #newest: Id | null = null;
  /** the newest of the connections before this one */
  #before: Id | null = null;
  #startedAt: string | null = null;
  #isProved = false;

  /** A channel that was heard of before this connection, by an earlier process as well. */
  heardBefore(uniqueid: string): void {
    this.#before = newer(this.#before, idOf(uniqueid));
    this.#newest = newer(this.#newest, this.#before);
  }

  /** The start time that an earlier process was told. */
  startedBefore(startedAt: string | null): void {
    this.#startedAt = startedAt;
  }

  /** A new connection begins. */
  connected(): void {
    this.#before = this.#newest;
    this.#isProved = false;
  }

  /** A channel is heard of. Tells of each connection once that the PBX was started anew before it. */
  shows(uniqueid: string): RestartProof | null {
    const id = idOf(uniqueid);
    if (id === null) return null;
    this.#newest = newer(this.#newest, id);
    const isLater = this.#before !== null && id.second >= this.#before.second + SURELY_LATER_SECONDS;
    return this.#prove('uniqueid_counter', isLater && this.#before !== null && id.counter <= this.#before.counter);
  }

  /** The PBX says when it was started. */
  says(startedAt: string): RestartProof | null {
    const before = this.#startedAt;
    this.#startedAt = startedAt;
    return this.#prove('start_time', before !== null && isAnotherStart(startedAt, before));
  }

  newestUniqueid(): string | null {
    return this.#newest?.text ?? null;
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
  const [, second, counter] = UNIQUEID.exec(text) ?? [];
  return second === undefined || counter === undefined
    ? null
    : { text, second: Number(second), counter: Number(counter) };
}

function newer(one: Id | null, other: Id | null): Id | null {
  if (one === null || other === null) return one ?? other;
  const isNewer = other.second > one.second || (other.second === one.second && other.counter > one.counter);
  return isNewer ? other : one;
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
