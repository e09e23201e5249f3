import type { LEFT_BECAUSE } from '../domain/connectionEvents.ts';
import type { Micros } from '../domain/time.ts';
import type { ErrorCode } from '../errors.ts';

/** A line of a frame. */
export type Field = readonly [key: string, value: string];

/** A frame that is stored: its AMI event name, its fields in order (repeats kept), the keys read as Latin-1, its bytes. */
export type Frame = {
  readonly event: string;
  readonly fields: readonly Field[];
  readonly latin1: readonly string[];
  readonly bytes: number;
};

export type SourceItem =
  /** It could not be connected to, or let nobody in; it is tried again. */
  | { readonly kind: 'unreached'; readonly at: Micros }
  | {
      readonly kind: 'connected';
      /** null only in a recording that has no clock */
      readonly at: Micros | null;
      readonly amiVersion: string | null;
      readonly clockOffsetMs: number | null;
    }
  /** What one read of the socket completed. */
  | {
      readonly kind: 'frames';
      readonly at: Micros | null;
      /** where it may be old: it was said after this; else null */
      readonly saidAfter: Micros | null;
      readonly frames: readonly Frame[];
    }
  /** A Ping that was sent at `at` was answered: all that was said before is heard. */
  | { readonly kind: 'alive'; readonly at: Micros }
  /** From now on the PBX's clock minus ours is this. */
  | { readonly kind: 'clock'; readonly at: Micros; readonly clockOffsetMs: number }
  /** Open channels that the PBX named when it was asked, as it named them. */
  | {
      readonly kind: 'seen';
      readonly at: Micros | null;
      readonly saidAfter: Micros | null;
      readonly channels: readonly (readonly Field[])[];
    }
  /** That were all open channels: so many. */
  | { readonly kind: 'listed'; readonly at: Micros; readonly channels: number }
  /** When the PBX was started, as it says it: its local time without a zone, `2026-11-23 01:54:12`. */
  | { readonly kind: 'started'; readonly at: Micros; readonly startedAt: string }
  | {
      readonly kind: 'disconnected';
      readonly at: Micros | null;
      /** the last proof that what was said had been heard */
      readonly lastHeardAt: Micros | null;
      readonly reason: ErrorCode | (typeof LEFT_BECAUSE)[keyof typeof LEFT_BECAUSE];
      /** the PBX said that it goes down */
      readonly pbxWentDown: boolean;
    };

/** What the PBX lets our account ask for, and what came of it at the last login. */
export type PbxAccount = {
  /** of the actions by which the listener asks what is going on those that it may call (`ListCommands`) */
  readonly commands: readonly string[];
  /** which channels it was shown that were open at the login; `bridges`: only those that were talking */
  readonly lists: 'all' | 'bridges' | 'nothing';
  /** why there was less than the account may ask for: `AMI_TIMEOUT`, `AMI_ACTION_FAILED`; null: there was not */
  readonly problem: ErrorCode | null;
};

export const connectionStates = ['connecting', 'connected', 'waiting', 'refused', 'stopped'] as const;

/** What a person reads about the connection: in `/readyz`, `doctor` and on the connection page. */
export type PbxState = {
  readonly pbx: string;
  readonly state: (typeof connectionStates)[number];
  /** in words a non-engineer understands; no address, no secret */
  readonly detail: string;
  readonly since: Micros;
  readonly lastHeardAt: Micros | null;
  /** how old what is read now may be; null: not connected */
  readonly delayMs: number | null;
  /** null: not known yet */
  readonly account: PbxAccount | null;
  readonly lastError: ErrorCode | null;
  readonly reconnects: number;
  /** frames seen by event name that are not stored, malformed lines, torn frames … */
  readonly counts: Readonly<Record<string, number>>;
};

/**
 * Where frames come from: a live AMI connection, a recording, a replay. It is pulled: while nobody asks for the next
 * item, the socket is not read.
 */
export interface PbxSource {
  readonly pbx: string;
  items(signal: AbortSignal): AsyncIterable<SourceItem>;
  state(): PbxState;
}

/** The value of the first field with this key, in any case. */
export function fieldOf(fields: readonly Field[], key: string): string | null {
  const wanted = key.toLowerCase();
  for (const [name, value] of fields) {
    if (name === key || (name.length === key.length && name.toLowerCase() === wanted)) return value;
  }
  return null;
}
