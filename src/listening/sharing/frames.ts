import { createHash } from 'node:crypto';
import { LISTENER_FACT_TYPES } from '../../domain/events.ts';
import type { Micros } from '../../domain/time.ts';
import type { Field } from '../../ports/pbxSource.ts';

/** A frame that every server hears: what it says, short whatever its length, and between which moments it was said. */
export type SaidFrame = {
  /** its number in its connection */
  readonly seq: number;
  readonly key: string;
  /** by the PBX's clock; null: a recording has no clock */
  readonly from: Micros | null;
  readonly to: Micros | null;
};

const OF_THE_LISTENER = new Set<string>(Object.values(LISTENER_FACT_TYPES));

/** Whether all who listen are told it: what a listener has asked for, or says itself, only it has. */
export function isSaidToAll(type: string): boolean {
  return !OF_THE_LISTENER.has(type);
}

export function keyOf(fields: readonly Field[]): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64').slice(0, 22);
}
