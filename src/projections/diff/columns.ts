/** What readers see of an entry and a rule or the code decides, in the order of the table. How it was derived is no change. */
export const DIFF_FIELDS = [
  'direction',
  'outcome',
  'handled_by_machine',
  'customer_id',
  'match',
  'external_number',
  'external_number_raw',
  'external_name',
  'did',
  'dialled',
  'trunk',
  'extensions',
  'rang',
  'occurred_at',
  'answered_at',
  'ended_at',
  'ring_seconds',
  'duration_seconds',
  'body',
  'notes',
  'segments',
  'legs',
  'incomplete',
  'done_at',
] as const;

export type DiffColumn = (typeof DIFF_FIELDS)[number];

/** json has no equality of its own in PostgreSQL; both sides were written by the same code, so their text has. */
const JSON_COLUMNS: ReadonlySet<string> = new Set<DiffColumn>(['match', 'notes', 'segments', 'legs']);

/** SQL: the names of the columns in which the rows `before` and `after` differ; empty where one of them is missing. */
export function changedColumns(): string {
  const cases = DIFF_FIELDS.map((column) => {
    const cast = JSON_COLUMNS.has(column) ? '::text' : '';
    return `case when before.${column}${cast} is distinct from after.${column}${cast} then '${column}' end`;
  });
  return `case when before.id is null or after.id is null then '{}'::text[]
               else array_remove(array[${cases.join(', ')}], null) end`;
}
