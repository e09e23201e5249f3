import type { Annotation } from '../domain/acts/annotation.ts';
import { MANUAL_PBX } from '../domain/acts/manualCall.ts';
import { mergeManualCall, type Standing, splitManualCall } from '../domain/acts/merge.ts';
import { entryId } from '../domain/callId.ts';
import type { FoundComms } from '../ports/readModel.ts';
import { type ChangedEntry, changeEntry, type EntryChange } from './changeEntry.ts';
import type { ActDeps } from './deps.ts';
import type { EntryState } from './entry.ts';

/** Merges a call logged by hand (by its entry's id) with the entry of the same call that a PBX told. */
export async function mergeEntries(deps: ActDeps, change: EntryChange, manualId: string): Promise<ChangedEntry> {
  const found = await deps.readModel.get(manualId);
  return changeEntry(deps, change, (state) => ({
    decision: mergeManualCall(standingOf(found, manualId, state), state.entry.source),
  }));
}

/** Makes them two again; it is said in the stream where they were merged. */
export async function splitEntries(deps: ActDeps, change: EntryChange, manualId: string): Promise<ChangedEntry> {
  const found = await deps.readModel.get(manualId);
  return changeEntry(deps, change, (state) => {
    const to = state.streams.find(({ annotation }) => mergedUuid(annotation, manualId) !== undefined);
    const uuid = to && mergedUuid(to.annotation, manualId);
    return { decision: splitManualCall(uuid ?? null, standingOf(found, manualId, state)), to };
  });
}

function standingOf(found: FoundComms | null, manualId: string, { entry, streams }: EntryState): Standing {
  if (streams.some(({ annotation }) => mergedUuid(annotation, manualId) !== undefined)) return { kind: 'here' };
  if (found?.kind === 'moved') return { kind: found.currentId === entry.id ? 'here' : 'elsewhere' };
  return found?.entry.source === 'manual' ? { kind: 'apart', manual: found.entry.ext_message_id } : { kind: 'unknown' };
}

function mergedUuid({ merged }: Annotation, manualId: string): string | undefined {
  return merged.find(({ manual }) => entryId(MANUAL_PBX, manual) === manualId)?.manual;
}
