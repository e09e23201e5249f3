import { v5 as uuidv5 } from 'uuid';
import { envelope } from '../domain/envelope.ts';
import { type NewEvent, OTHER_PBX_FACT, PBX_FACT_TYPES } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import type { Field, Frame } from '../ports/pbxSource.ts';
import { NameCounts } from './nameCounts.ts';
import { type CallRouting, namesChannelOrBridge } from './routing.ts';

/** A fact of the PBX as it is stored, and the stream that it is stored in. */
export type PbxFact = NewEvent & { readonly stream: string };

export type TranslatorOptions = {
  readonly pbx: string;
  /** revision of this session's PbxConnected */
  readonly session: number;
  /** version of the program */
  readonly app: string;
  readonly now: () => Micros;
  /** of this PBX, outlives the session */
  readonly routing: CallRouting;
};

export type Translator = {
  /**
   * The facts of frames that one read completed at `at`, in their order. Nothing is changed in what they say: fields
   * keep order and repeats. A frame that is in no table and names neither a channel nor a bridge is dropped and counted.
   */
  translate(frames: readonly Frame[], at: Micros | null): PbxFact[];
  /** A fact of the listener itself (`LISTENER_FACT_TYPES`), numbered with the others. */
  say(type: string, fields: readonly Field[], at: Micros): PbxFact;
  /** Dropped frames by event name. */
  dropped(): ReadonlyMap<string, number>;
};

type FactData = Pick<Frame, 'fields' | 'latin1'>;

/** Namespace of the ids of PBX facts; never changes, or a retry after an upgrade would store a fact twice. */
const FACT_NAMESPACE = '0b6c7c1e-3a52-4d0c-8a57-5f6d2f0e9b41';

/** From outside come any event names, so they are looked up in a Map. */
const TYPE_OF_EVENT: ReadonlyMap<string, string> = new Map(Object.entries(PBX_FACT_TYPES));

/** The id of the `seq`-th fact of a session: the same at every retry (design §4). */
export function pbxFactId(pbx: string, session: number, seq: number): string {
  return uuidv5(`${pbx}/${session}/${seq}`, FACT_NAMESPACE);
}

/** Turns the frames of one session into facts numbered from 0 without gaps. */
export function createTranslator({ pbx, session, app, now, routing }: TranslatorOptions): Translator {
  const dropped = new NameCounts();
  let seq = 0;

  function factOf({ fields, latin1 }: FactData, type: string, receivedAt: Micros | null): PbxFact {
    const stream = routing.streamOf(fields, session);
    const event = envelope(
      { id: pbxFactId(pbx, session, seq), type, data: latin1.length > 0 ? { fields, latin1 } : { fields } },
      { at: now(), app, correlationId: stream },
      { pbx, session, seq, received_at: receivedAt === null ? null : toRfc3339(receivedAt) },
    );
    seq += 1;
    return { stream, ...event };
  }

  return {
    translate(frames, at) {
      const facts: PbxFact[] = [];
      for (const frame of frames) {
        const type =
          TYPE_OF_EVENT.get(frame.event) ?? (namesChannelOrBridge(frame.fields) ? OTHER_PBX_FACT : undefined);
        if (type === undefined) dropped.add(frame.event);
        else facts.push(factOf(frame, type, at));
      }
      return facts;
    },
    say: (type, fields, at) => factOf({ fields, latin1: [] }, type, at),
    dropped: () => new Map(dropped.entries()),
  };
}
