import type { Annotation } from '../domain/acts/annotation.ts';
import { MANUAL_PBX } from '../domain/acts/manualCall.ts';
import { mergeManualCall, type Standing, splitManualCall } from '../domain/acts/merge.ts';
import { entryId } from '../domain/callId.ts';
import type { FoundComms } from '../ports/readModel.ts';
import { changeEntry, type EntryChange } from './changeEntry.ts';
import type { WriteDeps } from './customers.ts';
import type { EntryState } from './entryState.ts';

/** Merges a call logged by hand (by its entry's id) with the entry of the same call that a PBX told. */
export async function mergeEntries(deps: WriteDeps, change: EntryChange, manualId: string) {
  const found = await deps.readModel.get(manualId);
  return changeEntry(deps, change, (state) => ({
    decision: mergeManualCall(standingOf(found, manualId, state), state.entry.source),
  }));
}

/** Makes them two again; it is said in the stream where they were merged. */
export async function splitEntries(deps: WriteDeps, change: EntryChange, manualId: string) {
  const found = await deps.readModel.get(manualId);
  return changeEntry(deps, change, (state) => {
    const into = state.parts.find(({ annotation }) => mergedUuid(annotation, manualId) !== undefined);
    const uuid = into && mergedUuid(into.annotation, manualId);
    return { decision: splitManualCall(uuid ?? null, standingOf(found, manualId, state)), into };
  });
}

function standingOf(found: FoundComms | null, manualId: string, { entry, parts }: EntryState): Standing {
  if (parts.some(({ annotation }) => mergedUuid(annotation, manualId) !== undefined)) return { kind: 'here' };
  if (found?.kind === 'moved') return { kind: found.currentId === entry.id ? 'here' : 'elsewhere' };
  return found?.entry.source === 'manual' ? { kind: 'apart', manual: found.entry.ext_message_id } : { kind: 'unknown' };
}

function mergedUuid({ merged }: Annotation, manualId: string): string | undefined {
  return merged.find(({ manual }) => entryId(MANUAL_PBX, manual) === manualId)?.manual;
}
