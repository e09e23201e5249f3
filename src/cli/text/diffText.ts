import type { DiffItem, DiffSummary } from '../../ports/rebuilds.ts';

const MAX_CELL = 60;

/** `rows changed 1,204 (900 customer_id, 12 direction), added 3, removed 1` */
export function summaryText({ added, removed, changed, byField }: DiffSummary): string {
  const count = (n: number) => n.toLocaleString('en');
  const fields = Object.entries(byField).map(([field, n]) => `${count(n)} ${field}`);
  const detail = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return `rows changed ${count(changed)}${detail}, added ${count(added)}, removed ${count(removed)}`;
}

/** A row that differs, and below it each column before and after. */
export function itemText({ id, kind, entry, fields }: DiffItem): readonly string[] {
  const what = `${kind} ${id}  ${entry.occurredAt.slice(0, 19)}  ${entry.direction} ${entry.outcome}  ${entry.externalNumber ?? '–'}`;
  const changes = fields.map(({ field, before, after, why }) => {
    const because = why === null ? '' : `  because ${short(why)}`;
    return `    ${field}: ${short(before)} → ${short(after)}${because}`;
  });
  return [what, ...changes];
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
