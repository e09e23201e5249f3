import { isPbxFactData, pbxFactMetadataSchema, type RecordedEvent, streamOf } from '../../domain/events.ts';
import { fromRfc3339, type Micros } from '../../domain/time.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { isSaidToAll, keyOf, type SaidFrame } from './frames.ts';
import { AROUND_MICROS, MAX_NEAR_FRAMES } from './limits.ts';
import { byThePbx, type LoggedSession } from './loggedSessions.ts';

/** Streams are written side by side: behind so many facts none of those before is missing any more. */
const SIDE_BY_SIDE = 5_000;

/** Frames that a session has stored, in their order; between two runs some are missing that it had. No run is empty. */
export type Runs = readonly (readonly SaidFrame[])[];

/** Of a frame that was erased; none other has it. */
export const ERASED_KEY = '';

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
  async first(session: LoggedSession, count: number, until: Micros | null): Promise<Runs> {
    const places: Place[] = [];
    for await (const place of this.#placesOf(session, session.position)) {
      places.push(place);
      const isPast = until === null || (place.from !== null && place.from > until + 2 * AROUND_MICROS);
      if (places.length >= count + SIDE_BY_SIDE && (isPast || places.length >= MAX_NEAR_FRAMES)) break;
    }
    return runsOf(places);
  }

  /** The last frames of a session that is over, of those behind a position of the log. */
  async last(session: LoggedSession, behind: bigint): Promise<Runs> {
    let places: Place[] = [];
    for await (const place of this.#placesOf(session, behind)) {
      places.push(place);
      if (places.length >= 2 * (MAX_NEAR_FRAMES + SIDE_BY_SIDE)) places = places.slice(-MAX_NEAR_FRAMES - SIDE_BY_SIDE);
    }
    return runsOf(places);
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
        const key = isPbxFactData(data) ? keyOf(data.fields) : ERASED_KEY;
        yield { type, key, seq: heard.seq, from: at(heard.said_after) ?? to, to };
      }
    }
  }
}

/** Numbers have no gaps when they are given out: what is missing was erased, refused by the log, or is on its way. */
function runsOf(places: readonly Place[]): Runs {
  const runs: SaidFrame[][] = [];
  let before: Place | null = null;
  for (const place of places.toSorted((a, b) => a.seq - b.seq)) {
    const isBehindHole =
      place.seq !== (before?.seq ?? -1) + 1 || place.key === ERASED_KEY || before?.key === ERASED_KEY;
    if (isBehindHole || before === null) runs.push([]);
    if (isSaidToAll(place.type)) runs.at(-1)?.push(place);
    before = place;
  }
  return runs.filter(({ length }) => length > 0);
}
