import {
  ERASED_FACT,
  isPbxFactData,
  pbxFactMetadataSchema,
  type RecordedEvent,
  streamOf,
} from '../../domain/events.ts';
import { fromRfc3339, type Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { isSaidToAll, keyOf, type SaidFrame } from './frames.ts';
import { AROUND_MICROS, MAX_NEAR_FRAMES } from './limits.ts';
import { byThePbx, type LoggedSession } from './loggedSessions.ts';

/** Streams are written side by side: behind so many facts none of those before is missing any more. */
const SIDE_BY_SIDE = 5_000;

/** The first frames of a session in their order; `isCut`: behind them one is missing that it had. */
export type FirstFrames = { readonly frames: readonly SaidFrame[]; readonly isCut: boolean };

type Place = Pick<RecordedEvent, 'type'> & SaidFrame;

/** Reads of the log what others have stored of a PBX. Errors: those of the log. */
export class StoredFrameReader {
  readonly #log: Pick<EventStore, 'readAll'>;
  readonly #pbx: string;
  readonly #signal: AbortSignal;

  constructor(log: Pick<EventStore, 'readAll'>, pbx: string, signal: AbortSignal) {
    this.#log = log;
    this.#pbx = pbx;
    this.#signal = signal;
  }

  /** The first frames of a session, if it has so many `count` of them, and those up to `until` (by the PBX's clock). */
  async first(session: LoggedSession, count: number, until: Micros | null): Promise<FirstFrames> {
    const places: Place[] = [];
    for await (const place of this.#placesOf(session, session.position)) {
      places.push(place);
      const isPast = until === null || (place.from !== null && place.from > until + 2 * AROUND_MICROS);
      if (places.length >= count + SIDE_BY_SIDE && (isPast || places.length >= MAX_NEAR_FRAMES)) break;
    }
    const sorted = places.sort(bySeq);
    const hole = sorted.findIndex((place, at) => isBehindHole(place, sorted[at - 1]));
    const frames = (hole < 0 ? sorted : sorted.slice(0, hole)).filter(({ type }) => isSaidToAll(type));
    return { frames, isCut: hole >= 0 };
  }

  /** The last frames of a session that is over, of those behind a position of the log; from the last that is missing on. */
  async last(session: LoggedSession, behind: bigint): Promise<readonly SaidFrame[]> {
    let places: Place[] = [];
    for await (const place of this.#placesOf(session, behind)) {
      places.push(place);
      if (places.length >= 2 * (MAX_NEAR_FRAMES + SIDE_BY_SIDE)) places = places.slice(-MAX_NEAR_FRAMES - SIDE_BY_SIDE);
    }
    const sorted = places.sort(bySeq);
    const hole = sorted.findLastIndex((place, at) => isBehindHole(place, sorted[at - 1]));
    return sorted.slice(Math.max(0, hole)).filter(({ type }) => isSaidToAll(type));
  }

  async *#placesOf({ session, clockOffsetMs }: LoggedSession, behind: bigint): AsyncGenerator<Place> {
    const filter = { streamPrefixes: [streamOf.call(this.#pbx, '')] };
    for await (const batch of this.#log.readAll(behind, filter, this.#signal)) {
      for (const { type, data, metadata } of batch) {
        const heard = pbxFactMetadataSchema.safeParse(metadata).data;
        if (heard?.pbx !== this.#pbx || heard.session !== session) continue;
        const at = (text: string | null | undefined) => {
          const micros = text == null ? null : fromRfc3339(text);
          return micros === null ? null : byThePbx(micros, clockOffsetMs);
        };
        const to: Micros | null = at(heard.received_at);
        const key = isPbxFactData(data) ? keyOf(data.fields) : '';
        yield { type, key, seq: heard.seq, from: at(heard.said_after) ?? to, to };
      }
    }
  }
}

function bySeq(a: Place, b: Place): number {
  return a.seq - b.seq;
}

/** Numbers have no gaps when they are given out: what is missing was erased, or refused by the log. */
function isBehindHole({ seq, type }: Place, before: Place | undefined): boolean {
  return type === ERASED_FACT || (before !== undefined && seq !== before.seq + 1);
}
