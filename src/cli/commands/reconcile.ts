import { callsRead } from '../../domain/rawFactsRead.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { type Found, Reconciler } from '../../importing/index.ts';
import { inform, print } from '../text/print.ts';
import { tableText } from '../text/tableText.ts';
import { entriesOf } from './entriesOf.ts';
import { onLog, periodOption } from './logCommand.ts';

export type ReconcileOptions = { readonly from: string; readonly to: string; readonly json: boolean };

/**
 * `commslog reconcile --from … --to …`: compares call by call what was heard with the call records that were imported, and
 * lists where they disagree. Errors: `CONFIG_INVALID`; those of log and database.
 */
export async function reconcile({ json, ...options }: ReconcileOptions): Promise<void> {
  const { from, to } = periodOption(options);
  const period = { from: toRfc3339(from), to: toRfc3339(to) };
  await onLog(async (command) => {
    const entries = (await entriesOf(command.readModel, period)).filter(({ source }) => source !== 'manual');
    for (const data of callsRead(period, entries)) await command.record({ type: 'RawFactsRead', data });
    const reconciler = new Reconciler(command.history, await command.rules());
    const found: Found[] = [];
    for (const entry of entries) found.push(...(await reconciler.disagreements(entry)));
    if (json) print(found.map((one) => JSON.stringify(one)));
    else if (found.length > 0)
      print(tableText(['kind', 'pbx', 'call', 'begins', 'heard', 'recorded'], found.map(cells)));
    inform(summary(entries.length, found));
  });
}

function cells({ kind, pbx, ext_message_id, occurred_at, heard, recorded }: Found): string[] {
  return [kind, pbx, ext_message_id, occurred_at?.slice(0, 19) ?? '', heard ?? '', recorded ?? ''];
}

function summary(calls: number, found: readonly Found[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { kind } of found) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  const isUnrecorded = calls > 0 && counts.get('not_recorded') === calls;
  const hint = isUnrecorded ? ['No call has records: commslog import cdr brings them in.'] : [];
  return [`${calls} calls compared; ${kinds === '' ? 'no disagreement' : kinds}`, ...hint];
}
