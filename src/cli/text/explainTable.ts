import type { CallEntry } from '../../domain/entry.ts';
import { tableText } from './tableText.ts';

const COLUMNS: readonly (readonly [string, (row: CallEntry) => string | null])[] = [
  ['when (UTC)', (row) => row.occurred_at?.slice(0, 19).replace('T', ' ') ?? null],
  ['direction', (row) => row.direction],
  ['outcome', (row) => row.outcome],
  ['outside', (row) => row.external_number ?? row.external_number_raw ?? 'withheld'],
  ['dialled', (row) => row.did ?? row.dialled],
  ['trunk', (row) => row.trunk],
  ['extensions', (row) => row.extensions.join(' ')],
  ['ring', (row) => row.ring_seconds?.toString() ?? null],
  ['talk', (row) => row.duration_seconds?.toString() ?? null],
  ['incomplete', (row) => row.incomplete.join(' ')],
  ['id', (row) => row.ext_message_id],
];

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly CallEntry[]): string {
  if (rows.length === 0) return 'no calls with the outside';
  return tableText(
    COLUMNS.map(([title]) => title),
    rows.map((row) => COLUMNS.map(([, cell]) => cell(row) || '–')),
  );
}
