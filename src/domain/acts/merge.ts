/** A call that a person logged by hand and a PBX told: that the two are one, in the stream of the PBX's entry. */
import { z } from 'zod';
import type { CommsEntry } from '../entry.ts';
import type { RecordedEvent } from '../events.ts';
import { dataOf } from '../recorded.ts';
import { accepted, type Decision, refused } from './decision.ts';
import { type Said, saidBy } from './said.ts';

// ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** `manual`: the uuid of the stream of the call logged by hand. */
export const manualCallMergedSchema = z.object({ manual: z.uuid() });
export const manualCallSplitSchema = manualCallMergedSchema;

// ── fold ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Calls logged by hand that are the same call, by the uuids of their streams. */
export type Merged = readonly (Said & { readonly manual: string })[];

export function evolveMerged(merged: Merged, event: RecordedEvent): Merged {
  switch (event.type) {
    case 'ManualCallMerged': {
      const { manual } = dataOf(event, manualCallMergedSchema);
      return [...without(merged, manual), { manual, ...saidBy(event) }];
    }
    case 'ManualCallSplit':
      return without(merged, dataOf(event, manualCallSplitSchema).manual);
    default:
      return merged;
  }
}

function without(merged: Merged, manual: string): Merged {
  return merged.filter((one) => one.manual !== manual);
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a call logged by hand is to be seen: as an entry of its own, in the entry that is asked about, or in another. */
export type Standing =
  | { readonly kind: 'apart'; readonly manual: string }
  | { readonly kind: 'here' | 'elsewhere' | 'unknown' };

/** Says that a call logged by hand is the same as this one. */
export function mergeManualCall(standing: Standing, source: CommsEntry['source']): Decision {
  if (source === 'manual') return refused('LOGGED_BY_HAND', '#', 'Only a call that a PBX told can be merged with one.');
  switch (standing.kind) {
    case 'apart':
      return accepted({ type: 'ManualCallMerged', data: { manual: standing.manual } });
    case 'here':
      return accepted();
    case 'elsewhere':
      return refused('MERGED_ELSEWHERE', '#', 'It is merged with another call; split these two first.');
    case 'unknown':
      return refused('UNKNOWN_MANUAL_CALL', '#/manual_id', 'no such call logged by hand');
  }
}

/** Says that they are two calls after all. `merged`: the call's uuid, where people said in this entry that it is the same. */
export function splitManualCall(merged: string | null, { kind }: Standing): Decision {
  if (merged !== null) return accepted({ type: 'ManualCallSplit', data: { manual: merged } });
  if (kind === 'apart' || kind === 'here') return accepted();
  return refused('UNKNOWN_MANUAL_CALL', '#/manual_id', 'no call logged by hand that is part of this one');
}
