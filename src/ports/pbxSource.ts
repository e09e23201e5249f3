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
  | {
      readonly kind: 'connected';
      /** null only in a recording that has no clock */
      readonly at: Micros | null;
      readonly amiVersion: string | null;
      readonly clockOffsetMs: number | null;
    }
  /** What one read of the socket completed. */
  | { readonly kind: 'frames'; readonly at: Micros | null; readonly frames: readonly Frame[] }
  | {
      readonly kind: 'disconnected';
      readonly at: Micros | null;
      readonly lastHeardAt: Micros | null;
      readonly reason: ErrorCode | 'STOPPED';
      readonly pbxWentDown: boolean;
    };

/** What a person reads about the connection: in `/readyz`, `doctor` and on the connection page. */
export type PbxState = {
  readonly pbx: string;
  readonly state: 'connecting' | 'connected' | 'waiting' | 'refused' | 'stopped';
  /** in words a non-engineer understands; no address, no secret */
  readonly detail: string;
  readonly since: Micros;
  readonly lastHeardAt: Micros | null;
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
