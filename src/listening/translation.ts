import { LISTENER_FACT_TYPES, OTHER_PBX_FACT, PBX_FACT_TYPES } from '../domain/events.ts';
import type { Field, Frame } from '../ports/pbxSource.ts';
import type { HeardFact } from './heard.ts';
import { type CallRouting, namesChannelOrBridge } from './routing.ts';

export type Translator = {
  /**
   * The facts in frames, in their order. Nothing is changed in what they say: fields keep order and repeats. A frame that
   * is in no table and names neither a channel nor a bridge is dropped and counted.
   */
  translate(frames: readonly Frame[]): HeardFact[];
  /** The facts that open channels are shown, in their order, each with the fields of its item. */
  show(channels: readonly (readonly Field[])[]): HeardFact[];
  /** A fact of the listener itself (`LISTENER_FACT_TYPES`), numbered with the others. */
  say(type: string, fields: readonly Field[]): HeardFact;
  /** Dropped frames by event name. */
  dropped(): ReadonlyMap<string, number>;
};

/** So many names are counted apart; they come from outside, so there is no end to them. */
const MAX_NAMES = 200;

/** From outside come any event names, so they are looked up in a Map. */
const TYPE_OF_EVENT: ReadonlyMap<string, string> = new Map(Object.entries(PBX_FACT_TYPES));

/** Turns the frames of one connection into facts numbered from 0 without gaps. `routing` is the PBX's, and outlives it. */
export function createTranslator(routing: Pick<CallRouting, 'callOf'>): Translator {
  const dropped = new NameCounts();
  let seq = 0;

  function factOf(type: string, { fields, latin1 }: Pick<Frame, 'fields' | 'latin1'>): HeardFact {
    const fact = { seq, call: routing.callOf(fields), type, fields, latin1 };
    seq += 1;
    return fact;
  }

  return {
    translate(frames) {
      const facts: HeardFact[] = [];
      for (const frame of frames) {
        const type =
          TYPE_OF_EVENT.get(frame.event) ?? (namesChannelOrBridge(frame.fields) ? OTHER_PBX_FACT : undefined);
        if (type === undefined) dropped.add(frame.event);
        else facts.push(factOf(type, frame));
      }
      return facts;
    },
    show: (channels) => channels.map((fields) => factOf(LISTENER_FACT_TYPES.channelSeen, { fields, latin1: [] })),
    say: (type, fields) => factOf(type, { fields, latin1: [] }),
    dropped: () => new Map(dropped.entries()),
  };
}

/** Counts by name; what comes after the bound is counted together. */
class NameCounts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const counted = this.#counts.has(name) || this.#counts.size < MAX_NAMES ? name : 'other';
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
  }

  entries(): Iterable<readonly [name: string, count: number]> {
    return this.#counts;
  }
}
