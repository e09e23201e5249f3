import { stringify } from 'csv-stringify/sync';
import type { DiffItem } from '../../ports/rebuilds.ts';

const COLUMNS = [
  'id',
  'kind',
  'occurred_at',
  'direction',
  'outcome',
  'external_number',
  'field',
  'before',
  'after',
  'why',
];

/** The table's first line. */
export const DIFF_HEAD = `${COLUMNS.join(',')}\r\n`;

/**
 * Rows that differ as lines of CSV (RFC 4180), one for each column that changes; one for an added or removed row. A cell
 * that a spreadsheet would run as a formula begins with an apostrophe.
 */
export function diffLines(items: readonly DiffItem[]): string {
  const lines = items.flatMap(({ id, kind, entry, fields }) => {
    const row = [id, kind, entry.occurredAt, entry.direction, entry.outcome, entry.externalNumber];
    if (fields.length === 0) return [[...row, null, null, null, null]];
    return fields.map(({ field, before, after, why }) => [...row, field, cell(before), cell(after), cell(why)]);
  });
  return stringify(lines, { escape_formulas: true, record_delimiter: '\r\n' });
}

function cell(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}
