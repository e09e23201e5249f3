import { canNameStream, idIn, saidIn } from '../domain/channelId.ts';
import type { Field } from '../ports/pbxSource.ts';

/** So many channels and bridges are remembered; a busy PBX has some hundreds at a time. */
const MAX_REMEMBERED = 10_000;

/** Asterisk writes `Uniqueid`, a Cdr `UniqueID`; every prefix ends with one of these. */
const ID_KEY = /(?:unique|linked)id$/i;

/**
 * Says which call's stream a frame belongs to (design §4): the call of its own Linkedid; without one, the call where its
 * Uniqueid or bridge was last seen; else its own Uniqueid; else none. Lives as long as the PBX is listened to, since a Cdr
 * may come on the connection after the one that showed its channel.
 */
export class CallRouting {
  readonly #callOf = new Map<string, string>();

  /** The call of a frame with these fields, null when it names none; remembers what it says of channels and bridges. */
  callOf(fields: readonly Field[]): string | null {
    const named = namedIds(fields);
    const call = named.linkedid ?? this.#lastCallOf(named) ?? named.channels[0]?.uniqueid;
    if (call === undefined) return null;
    for (const { uniqueid, linkedid } of named.channels) this.#remember(uniqueid, linkedid ?? call);
    for (const bridge of named.bridges) this.#remember(bridge, call);
    return call;
  }

  #lastCallOf({ channels, bridges }: NamedIds): string | undefined {
    for (const { uniqueid } of channels) {
      const call = this.#callOf.get(uniqueid);
      if (call !== undefined) return call;
    }
    for (const bridge of bridges) {
      const call = this.#callOf.get(bridge);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  #remember(id: string, call: string): void {
    this.#callOf.delete(id);
    this.#callOf.set(id, call);
    if (this.#callOf.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#callOf.keys()) {
      this.#callOf.delete(oldest);
      break;
    }
  }
}

type NamedIds = {
  readonly linkedid: string | undefined;
  readonly channels: readonly { readonly uniqueid: string; readonly linkedid: string | undefined }[];
  readonly bridges: readonly string[];
};

/**
 * The ids in a frame. The same fields come under prefixes (`DestUniqueid` with `DestLinkedid`, `OrigBridgeUniqueid`);
 * the frame's own Linkedid is the one without a prefix, else the first.
 */
function namedIds(fields: readonly Field[]): NamedIds {
  const linkedids = new Map<string, string>();
  const uniqueids: (readonly [prefix: string, id: string])[] = [];
  const bridges: string[] = [];
  for (const [key, value] of fields) {
    const id = ID_KEY.test(key) ? idIn(value) : null;
    if (id === null || !canNameStream(id)) continue;
    const prefix = key.slice(0, -'uniqueid'.length);
    if (prefix.endsWith('Bridge')) bridges.push(id);
    else if (/linkedid$/i.test(key)) linkedids.set(prefix, id);
    else uniqueids.push([prefix, id]);
  }
  const [first] = linkedids.values();
  return {
    linkedid: linkedids.get('') ?? first,
    channels: uniqueids.map(([prefix, uniqueid]) => ({ uniqueid, linkedid: linkedids.get(prefix) })),
    bridges,
  };
}

/** Whether the fields name a channel or a bridge. */
export function namesChannelOrBridge(fields: readonly Field[]): boolean {
  return fields.some(([key, value]) => (ID_KEY.test(key) || /channel$/i.test(key)) && saidIn(value) !== null);
}
