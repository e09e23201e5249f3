/** From when to when a PBX was not listened to, and what became of it, as the stream of its connections tells. */
import type { z } from 'zod';
import { gapFilledSchema, pbxConnectedSchema, pbxDisconnectedSchema } from '../domain/connectionEvents.ts';
import type { RecordedEvent } from '../domain/events.ts';
import { dataOf, recordedAt, timeOf } from '../domain/recorded.ts';
import type { Micros } from '../domain/time.ts';
import { hasCode } from '../errors.ts';

/** `session`: the one that ended it. */
export type Gap = { readonly session: number; readonly from: Micros; readonly to: Micros };

/** What the log says became of a gap, and when. */
export type Filling = Omit<z.infer<typeof gapFilledSchema>, 'session' | 'from' | 'to' | 'at'> & { readonly at: Micros };

/** A gap that is not settled. */
export type OpenGap = Gap & {
  /** when the log was told that it is over */
  readonly endedAt: Micros;
  /** null: the call records were not asked yet */
  readonly filling: Filling | null;
};

/** Gaps that are remembered at a time; the later ones' turn comes at the next start. */
const MAX_OPEN = 10_000;

/** The connections of one PBX, event by event. */
export class Gaps {
  readonly #open = new Map<number, OpenGap>();
  #lastHeardAt: Micros | null = null;
  /** of the event that was taken in last */
  #revision = -1n;
  readonly #isSettled: (filling: Filling) => boolean;

  /** `isSettled`: nothing more is to be done about a gap of which this is known. */
  constructor(isSettled: (filling: Filling) => boolean) {
    this.#isSettled = isSettled;
  }

  /** The gap that ends with this event; null: it ends none, or is known already. What no schema takes tells of none. */
  take(event: RecordedEvent): OpenGap | null {
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

  #evolve(event: RecordedEvent): OpenGap | null {
    if (event.type === 'PbxDisconnected') {
      this.#lastHeardAt = timeOf(event, dataOf(event, pbxDisconnectedSchema).last_heard_at);
    }
    if (event.type === 'GapFilled') this.#fill(event);
    return event.type === 'PbxConnected' ? this.#end(event) : null;
  }

  #end(event: RecordedEvent): OpenGap | null {
    const to = timeOf(event, dataOf(event, pbxConnectedSchema).at);
    const from = this.#lastHeardAt;
    // a listener that is killed says no more: the gap that follows may then have begun as soon as it was connected
    this.#lastHeardAt = to;
    if (from === null || from >= to || this.#open.size === MAX_OPEN) return null;
    const gap = { session: Number(event.revision), from, to, endedAt: recordedAt(event), filling: null };
    this.#open.set(gap.session, gap);
    return gap;
  }

  #fill(event: RecordedEvent): void {
    const { session, at, from: _, to: __, ...told } = dataOf(event, gapFilledSchema);
    const filling = { ...told, at: timeOf(event, at) };
    const gap = this.#open.get(session);
    if (this.#isSettled(filling)) this.#open.delete(session);
    else if (gap) this.#open.set(session, { ...gap, filling });
  }
}
