/** From when to when a PBX was not listened to, and what became of it, as the stream of its connections tells. */
import type { z } from 'zod';
import {
  gapFilledSchema,
  gapHeardSchema,
  pbxConnectedSchema,
  pbxDisconnectedSchema,
} from '../domain/connectionEvents.ts';
import type { RecordedEvent } from '../domain/events.ts';
import { dataOf, recordedAt, timeOf } from '../domain/recorded.ts';
import { later, type Micros } from '../domain/time.ts';
import { hasCode } from '../errors.ts';

/** `session`: the one that ended it. */
export type Gap = { readonly session: number; readonly from: Micros; readonly to: Micros };

/** What the log says became of a gap, and when. */
export type Filling = Omit<z.infer<typeof gapFilledSchema>, 'session' | 'from' | 'to' | 'at'> & { readonly at: Micros };

/** A gap that is not settled. */
export type OpenGap = Gap & {
  /** when the log was told that it is over; where it is not told yet when it began, that much later */
  readonly endedAt: Micros;
  /** null: the call records were not asked yet */
  readonly filling: Filling | null;
};

/** That a PBX was heard then is known late: another server has told it. */
export type HeardLate = { readonly from: Micros; readonly until: Micros };

/** What an event says of gaps. */
export type OfGaps =
  | { readonly kind: 'gap'; readonly gap: OpenGap }
  | { readonly kind: 'heard'; readonly heard: HeardLate };

/** Gaps that are remembered at a time; the later ones' turn comes at the next start. */
const MAX_OPEN = 10_000;
/** Of which sessions it is known when they began: the latest. */
const MAX_BEGUN = 1_000;
/** A server that leaves in favour of another tells its end when that one is there already. */
const END_IS_TOLD_WITHIN = 600_000_000;

/** What nobody has heard of the gap, as far as that is one stretch; null: all of it was heard. */
export function withoutHeard<G extends Gap>(gap: G, { from, until }: HeardLate): G | null {
  if (until <= gap.from || from >= gap.to) return gap;
  if (from > gap.from) return until >= gap.to ? { ...gap, to: from } : gap;
  return until >= gap.to ? null : { ...gap, from: until };
}

/** The connections of one PBX, event by event. */
export class Gaps {
  readonly #open = new Map<number, OpenGap>();
  /** when sessions began */
  readonly #begun = new Map<number, Micros>();
  /** the one that began last, and whether it was told to be over */
  #last: { readonly session: number; readonly isOver: boolean } | null = null;
  #heardUntil: Micros | null = null;
  /** of the event that was taken in last */
  #revision = -1n;
  readonly #isSettled: (filling: Filling) => boolean;

  /** `isSettled`: nothing more is to be done about a gap of which this is known. */
  constructor(isSettled: (filling: Filling) => boolean) {
    this.#isSettled = isSettled;
  }

  /** What the event says of gaps; null: nothing, or it is known already. What no schema takes tells of none. */
  take(event: RecordedEvent): OfGaps | null {
    if (event.revision <= this.#revision) return null;
    this.#revision = event.revision;
    try {
      return this.#evolve(event);
    } catch (error) {
      if (hasCode(error, 'POISON_EVENT')) return null;
      throw error;
    }
  }

  /** The oldest first. */
  open(): readonly OpenGap[] {
    return [...this.#open.values()];
  }

  /** Nobody has to know of it any more. */
  forget({ session }: Gap): void {
    this.#open.delete(session);
  }

  #evolve(event: RecordedEvent): OfGaps | null {
    switch (event.type) {
      case 'PbxConnected':
        return this.#begin(event);
      case 'PbxDisconnected': {
        const { session, last_heard_at } = dataOf(event, pbxDisconnectedSchema);
        const until = timeOf(event, last_heard_at);
        if (session !== this.#last?.session) return this.#hear(session, until);
        this.#last = { session, isOver: true };
        this.#heardUntil = later(this.#heardUntil, until);
        return null;
      }
      case 'GapHeard': {
        const { heard_session, until } = dataOf(event, gapHeardSchema);
        return this.#hear(heard_session, timeOf(event, until));
      }
      case 'GapFilled':
        this.#fill(event);
        return null;
      default:
        return null;
    }
  }

  #begin(event: RecordedEvent): OfGaps | null {
    const { at, heard_before } = dataOf(event, pbxConnectedSchema);
    const [session, to] = [Number(event.revision), timeOf(event, at)];
    this.#remember(session, to);
    // it is told late, and so is what it heard
    if (heard_before !== undefined) return null;
    const [from, last] = [this.#heardUntil, this.#last];
    this.#last = { session, isOver: false };
    // a listener that is killed says no more: the gap that follows may then have begun as soon as it was connected
    this.#heardUntil = later(from, to);
    if (from === null || from >= to || this.#open.size === MAX_OPEN) return null;
    const endedAt = (recordedAt(event) + (last?.isOver === false ? END_IS_TOLD_WITHIN : 0)) as Micros;
    const gap = { session, from, to, endedAt, filling: null };
    this.#open.set(session, gap);
    return { kind: 'gap', gap };
  }

  #remember(session: number, at: Micros): void {
    this.#begun.set(session, at);
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > MAX_BEGUN && oldest !== undefined) this.#begun.delete(oldest);
  }

  #hear(session: number, until: Micros): OfGaps | null {
    const from = this.#begun.get(session);
    if (from === undefined) return null;
    const heard = { from, until };
    for (const gap of this.#open.values()) {
      const left = withoutHeard(gap, heard);
      if (left === null) this.#open.delete(gap.session);
      else this.#open.set(gap.session, left);
    }
    return { kind: 'heard', heard };
  }

  #fill(event: RecordedEvent): void {
    const { session, at, from: _, to: __, ...told } = dataOf(event, gapFilledSchema);
    const filling = { ...told, at: timeOf(event, at) };
    const gap = this.#open.get(session);
    if (this.#isSettled(filling)) this.#open.delete(session);
    else if (gap) this.#open.set(session, { ...gap, filling });
  }
}
