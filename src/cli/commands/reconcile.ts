import { foldGroup } from '../../domain/call/foldGroup.ts';
import type { CommsEntry } from '../../domain/entry.ts';
import type { RecordedEvent } from '../../domain/events.ts';
import { factOf } from '../../domain/facts/factOf.ts';
import { compareRows, type Disagreement } from '../../domain/records/compareRows.ts';
import { FILLED_FROM_RECORDS } from '../../domain/records/refineRow.ts';
import type { Rules } from '../../domain/rules.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { hasCode } from '../../errors.ts';
import type { History } from '../../ports/history.ts';
import { tableText } from '../text/tableText.ts';
import { entriesOf } from './entriesOf.ts';
import { onLog, timeOption } from './logCommand.ts';

export type ReconcileOptions = { readonly from: string; readonly to: string; readonly json: boolean };

type Found = Disagreement & Pick<CommsEntry, 'id' | 'pbx' | 'ext_message_id' | 'occurred_at'>;

/**
 * `commslog reconcile --from … --to …`: compares call by call what was heard with the call records that were imported, and
 * lists where they disagree. Errors: `CONFIG_INVALID`; those of log and database.
 */
export async function reconcile({ from, to, json }: ReconcileOptions): Promise<void> {
  const period = { from: toRfc3339(timeOption('--from', from)), to: toRfc3339(timeOption('--to', to)) };
  await onLog(async (command) => {
    const entries = (await entriesOf(command.readModel, period)).filter(({ source }) => source !== 'manual');
    await command.record({ type: 'RawFactsRead', data: { ...period, entries: entries.length } });
    const rules = await command.rules();
    const found: Found[] = [];
    for (const entry of entries) found.push(...(await disagreements(command.history, entry, rules)));
    if (json) process.stdout.write(found.map((one) => `${JSON.stringify(one)}\n`).join(''));
    else if (found.length > 0)
      console.log(tableText(['kind', 'pbx', 'call', 'begins', 'heard', 'recorded'], found.map(cells)));
    console.error(summary(entries.length, found));
  });
}

async function disagreements(history: History, entry: CommsEntry, rules: Rules): Promise<Found[]> {
  const { id, pbx, ext_message_id, occurred_at } = entry;
  const behind = await history.factsBehind(id);
  const events = behind?.kind === 'found' ? behind.events : [];
  return compared(entry, events, rules).map((one) => ({ ...one, id, pbx, ext_message_id, occurred_at }));
}

function compared(entry: CommsEntry, events: readonly RecordedEvent[], rules: Rules): Disagreement[] {
  const alone = (kind: Disagreement['kind']): Disagreement[] => [{ kind, heard: null, recorded: null }];
  if (entry.source === 'cdr') return alone('not_heard');
  if (entry.incomplete.includes(FILLED_FROM_RECORDS)) return alone('heard_in_part');
  const records = events.flatMap(importedIn);
  const rows = foldGroup(records, { connections: [], rules }).entries;
  const recorded = rows.find(({ ext_message_id }) => ext_message_id === entry.ext_message_id);
  return recorded ? compareRows(entry, recorded) : alone('not_recorded');
}

function importedIn(event: RecordedEvent) {
  try {
    const fact = factOf(event);
    return fact.imported === null ? [] : [fact];
  } catch (error) {
    // what people say of the entry, and what is parked
    if (hasCode(error, 'POISON_EVENT')) return [];
    throw error;
  }
}

function cells({ kind, pbx, ext_message_id, occurred_at, heard, recorded }: Found): string[] {
  return [kind, pbx, ext_message_id, occurred_at?.slice(0, 19) ?? '', heard ?? '', recorded ?? ''];
}

function summary(calls: number, found: readonly Found[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of found) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  const isUnrecorded = calls > 0 && counts.get('not_recorded') === calls;
  const hint = isUnrecorded ? '\nNo call has records: commslog import cdr brings them in.' : '';
  return `${calls} calls compared; ${kinds === '' ? 'no disagreement' : kinds}${hint}`;
}
