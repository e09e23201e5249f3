import { isDeepStrictEqual } from 'node:util';
import {
  LISTENER_FACT_TYPES,
  pbxFactDataSchema,
  pbxFactMetadataSchema,
  type RecordedEvent,
} from '../../src/domain/events.ts';
import type { Heard } from '../../src/listening/heard.ts';
import { type Field, fieldOf } from '../../src/ports/pbxSource.ts';
import type { Books } from './books.ts';
import { FRAME_NUMBER } from './simulatedPbx.ts';

type Frame = {
  readonly fields: readonly Field[];
  /** the connections whose journals have it */
  readonly journals: Set<string>;
  isKept: boolean;
  isStored: boolean;
};

const OWN_FACTS = new Set<string>(Object.values(LISTENER_FACT_TYPES));

/**
 * Keeps books of what several servers hand to their journals: a frame that one of them has kept is in the log, whoever
 * stores it, and once, however many have heard it. In which session it stands, and what is told of a session, is theirs.
 */
export class SharedLedger implements Books {
  readonly broken: string[] = [];
  /** by the number of the frame */
  readonly #frames = new Map<string, Frame>();
  readonly #lastSeqs = new Map<string, number>();
  readonly #ids = new Set<string>();

  hand(heard: Heard): () => void {
    const frames = numbered(heard).map(([number, fields]) => this.#frames.get(number) ?? this.#begin(number, fields));
    return () => {
      for (const frame of frames) {
        frame.isKept = true;
        frame.journals.add(heard.connection);
      }
    };
  }

  release(heard: Heard): void {
    for (const [number] of numbered(heard)) {
      const frame = this.#frames.get(number);
      frame?.journals.delete(heard.connection);
      const isSafe = frame?.isStored || (frame?.journals.size ?? 0) > 0;
      this.#expect(isSafe, `the frame ${number} is released and neither in the log nor in another journal`);
    }
  }

  store({ id, type, stream, data, metadata }: RecordedEvent): void {
    this.#expect(!this.#ids.has(id), `${type} stands twice in ${stream}`);
    this.#ids.add(id);
    const place = pbxFactMetadataSchema.safeParse(metadata).data;
    const fields = pbxFactDataSchema.safeParse(data).data?.fields;
    if (place === undefined || fields === undefined) return;
    const inStream = `${place.session}/${stream}`;
    const isBehind = place.seq > (this.#lastSeqs.get(inStream) ?? -1);
    this.#expect(isBehind, `${place.session}/${place.seq} stands behind a later one of its session and stream`);
    this.#lastSeqs.set(inStream, place.seq);
    if (!OWN_FACTS.has(type)) this.#storeFrame(fieldOf(fields, FRAME_NUMBER) ?? '', fields);
  }

  expectComplete(): void {
    for (const [number, { isKept, isStored }] of this.#frames) {
      this.#expect(isStored || !isKept, `the frame ${number} was acknowledged and is not in the log`);
    }
  }

  #begin(number: string, fields: readonly Field[]): Frame {
    const frame = { fields, journals: new Set<string>(), isKept: false, isStored: false };
    this.#frames.set(number, frame);
    return frame;
  }

  #storeFrame(number: string, fields: readonly Field[]): void {
    const frame = this.#frames.get(number);
    this.#expect(frame, `the frame ${number} was never heard`);
    this.#expect(isDeepStrictEqual(frame?.fields, fields), `the frame ${number} says something else`);
    this.#expect(!frame?.isStored, `the frame ${number} stands twice in the log`);
    if (frame) frame.isStored = true;
  }

  #expect(holds: unknown, otherwise: string): void {
    if (!holds) this.broken.push(otherwise);
  }
}

/** The frames of the PBX in a record. */
function numbered(heard: Heard): (readonly [number: string, fields: readonly Field[]])[] {
  if (heard.kind !== 'facts') return [];
  const frames = heard.facts.filter(({ type }) => !OWN_FACTS.has(type));
  return frames.map(({ fields }) => [fieldOf(fields, FRAME_NUMBER) ?? '', fields]);
}
