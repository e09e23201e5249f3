import { idIn } from '../domain/channelId.ts';
import { LISTENER_FACT_TYPES } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { type Field, fieldOf } from '../ports/pbxSource.ts';
import type { HeardFact } from './heard.ts';

/** After so long without a frame nothing more is expected of a call (design §5). */
export const GIVEN_UP_AFTER_MICROS = 4 * 60 * 60 * 1_000_000;

/** More channels than a PBX has; the call that was silent for longest is forgotten first. */
export const MAX_OPEN_CHANNELS = 20_000;

/** A call that has not ended: one of its channels, and its latest Linkedid. */
export type UnendedCall = { readonly uniqueid: string; readonly linkedid: string; readonly lastFrameAt: Micros };

/** Events that show a channel which is up and has not been heard to hang up; they never follow its Hangup. */
const SHOWS_OPEN_CHANNEL = new Set<string>([
  'ChannelOpened',
  'ChannelStateChanged',
  'BridgeEntered',
  LISTENER_FACT_TYPES.channelSeen,
]);
const HANGUP = 'CallHungUp';

type Call = { readonly channels: Set<string>; lastFrameAt: Micros };

/** Which calls are open, and since when nothing was heard of them. */
export class UnendedCalls {
  /** by Linkedid, silent for longest first */
  readonly #calls = new Map<string, Call>();
  readonly #linkedidOf = new Map<string, string>();

  /** Calls that an earlier process has heard of. */
  expect(before: readonly UnendedCall[]): void {
    for (const { uniqueid, linkedid, lastFrameAt } of before) {
      if (!this.#linkedidOf.has(uniqueid)) this.#opened(uniqueid, linkedid, lastFrameAt);
    }
  }

  heard({ type, fields }: Pick<HeardFact, 'type' | 'fields'>, at: Micros): void {
    const linkedid = idOf(fields, 'Linkedid');
    if (linkedid === null) return;
    const uniqueid = idOf(fields, 'Uniqueid');
    if (uniqueid !== null && SHOWS_OPEN_CHANNEL.has(type)) this.#opened(uniqueid, linkedid, at);
    else if (uniqueid !== null && type === HANGUP) this.#closed(uniqueid);
    else this.#touched(linkedid, at);
  }

  /** Takes out the calls of which nothing was heard for so long. */
  takeSilent(now: Micros): UnendedCall[] {
    const silent: UnendedCall[] = [];
    for (const [linkedid, { channels, lastFrameAt }] of this.#calls) {
      if (now - lastFrameAt < GIVEN_UP_AFTER_MICROS) break;
      const [uniqueid] = channels;
      if (uniqueid !== undefined) silent.push({ uniqueid, linkedid, lastFrameAt });
      this.#forget(linkedid);
    }
    return silent;
  }

  #opened(uniqueid: string, linkedid: string, at: Micros): void {
    const before = this.#linkedidOf.get(uniqueid);
    if (before !== linkedid) this.#closed(uniqueid);
    this.#linkedidOf.set(uniqueid, linkedid);
    const call = this.#calls.get(linkedid) ?? { channels: new Set(), lastFrameAt: at };
    call.channels.add(uniqueid);
    this.#calls.set(linkedid, call);
    this.#touched(linkedid, at);
    const [oldest] = this.#calls.keys();
    if (this.#linkedidOf.size > MAX_OPEN_CHANNELS && oldest !== undefined) this.#forget(oldest);
  }

  #closed(uniqueid: string): void {
    const linkedid = this.#linkedidOf.get(uniqueid);
    if (linkedid === undefined) return;
    this.#linkedidOf.delete(uniqueid);
    const call = this.#calls.get(linkedid);
    call?.channels.delete(uniqueid);
    if (call?.channels.size === 0) this.#calls.delete(linkedid);
  }

  #touched(linkedid: string, at: Micros): void {
    const call = this.#calls.get(linkedid);
    if (call === undefined) return;
    call.lastFrameAt = at;
    this.#calls.delete(linkedid);
    this.#calls.set(linkedid, call);
  }

  #forget(linkedid: string): void {
    for (const uniqueid of this.#calls.get(linkedid)?.channels ?? []) this.#linkedidOf.delete(uniqueid);
    this.#calls.delete(linkedid);
  }
}

function idOf(fields: readonly Field[], key: string): string | null {
  return idIn(fieldOf(fields, key) ?? '');
}

/** The fields of the fact that nothing more is expected of a call. */
export function givenUpFields({ uniqueid, linkedid }: UnendedCall): readonly Field[] {
  return [
    ['Uniqueid', uniqueid],
    ['Linkedid', linkedid],
  ];
}
