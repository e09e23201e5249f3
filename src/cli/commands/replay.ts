import { z } from 'zod';
import { entryId } from '../../domain/callId.ts';
import type { CommsEntry } from '../../domain/entry.ts';
import { callRead, callsRead } from '../../domain/rawFactsRead.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import { factLine } from '../text/factLine.ts';
import { print } from '../text/print.ts';
import { timelineOf } from '../text/timeline.ts';
import { entriesOf } from './entriesOf.ts';
import { type LogCommand, onLog, periodOption } from './logCommand.ts';

export type ReplayOptions = {
  readonly from?: string;
  readonly to?: string;
  readonly pbx?: string;
  readonly ndjson: boolean;
};

/**
 * `commslog replay CALL` or `--from … --to …`: what happened in a call, as a timeline or as its raw facts. CALL is an
 * entry's id, or the id that the PBX gave the call. Errors: `NOT_FOUND`, `CONFIG_INVALID`; those of log and database.
 */
export async function replay(call: string | undefined, options: ReplayOptions): Promise<void> {
  await onLog(async (command) => {
    if (call !== undefined) return replayCall(command, call, options);
    const { from, to } = options;
    if (from !== undefined && to !== undefined) {
      const period = periodOption({ from, to });
      return replayPeriod(command, toRfc3339(period.from), toRfc3339(period.to), options);
    }
    throw new CommslogError('CONFIG_INVALID', 'name a call, or a period by --from and --to');
  });
}

async function replayCall(command: LogCommand, call: string, options: ReplayOptions): Promise<void> {
  const entry = await findEntry(command.readModel, call, options.pbx);
  if (entry === null) throw new CommslogError('NOT_FOUND', 'there is no such call in the call log');
  await command.record({ type: 'RawFactsRead', data: callRead(entry) });
  await tellOf(command, entry, options);
}

async function replayPeriod(command: LogCommand, from: string, to: string, options: ReplayOptions): Promise<void> {
  const entries = await entriesOf(command.readModel, { from, to });
  for (const data of callsRead({ from, to }, entries)) await command.record({ type: 'RawFactsRead', data });
  for (const entry of entries) await tellOf(command, entry, options);
}

async function tellOf({ history }: LogCommand, entry: CommsEntry, { ndjson }: ReplayOptions): Promise<void> {
  const found = await history.factsBehind(entry.id);
  if (found?.kind !== 'found') return;
  print(ndjson ? found.events.map(factLine) : [...timelineOf(entry, found.events), '']);
}

async function findEntry(readModel: ReadModel, call: string, pbx: string | undefined): Promise<CommsEntry | null> {
  for (const id of z.uuid().safeParse(call).success ? [call] : await idsOf(readModel, call, pbx)) {
    const found = await readModel.get(id);
    if (found?.kind === 'found') return found.entry;
    if (found?.kind === 'moved') return findEntry(readModel, found.currentId, undefined);
  }
  return null;
}

/** Every PBX that was ever listened to may have given this id. */
async function idsOf(readModel: ReadModel, call: string, pbx: string | undefined): Promise<string[]> {
  if (pbx !== undefined) return [entryId(pbx, call)];
  return (await readModel.pbxs()).map((id) => entryId(id, call));
}
