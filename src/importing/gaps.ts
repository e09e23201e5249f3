/** From when to when a PBX was not listened to, as its connections tell. */
import { pbxConnectedSchema, pbxDisconnectedSchema, type RecordedEvent } from '../domain/events.ts';
import { dataOf, timeOf } from '../domain/recorded.ts';
import type { Micros } from '../domain/time.ts';

export type Gap = { readonly from: Micros; readonly to: Micros };

/** The connections of one PBX, event by event. */
export class Gaps {
  #lastHeardAt: Micros | null = null;

  /** The gap that ends with this event; null: it ends none, or nothing was heard before it. Throws `POISON_EVENT`. */
  endedBy(event: RecordedEvent): Gap | null {
    if (event.type === 'PbxDisconnected') {
      this.#lastHeardAt = timeOf(event, dataOf(event, pbxDisconnectedSchema).last_heard_at);
    }
    if (event.type !== 'PbxConnected') return null;
    const to = timeOf(event, dataOf(event, pbxConnectedSchema).at);
    const from = this.#lastHeardAt;
    // a listener that is killed says no more: the gap that follows may then have begun as soon as it was connected
    this.#lastHeardAt = to;
    return from === null ? null : { from, to };
  }
}
