import { type DiffColumn, diffColumns } from '../../ports/rebuilds.ts';

/** json has no equality of its own in PostgreSQL; both sides were written by the same code, so their text has. */
const JSON_COLUMNS: ReadonlySet<string> = new Set<DiffColumn>(['match', 'notes', 'segments', 'legs', 'course']);

/** SQL: the names of the columns in which the rows `before` and `after` differ; empty where one of them is missing. */
export function changedColumns(): string {
  const cases = diffColumns.map((column) => {
    const cast = JSON_COLUMNS.has(column) ? '::text' : '';
    return `case when before.${column}${cast} is distinct from after.${column}${cast} then '${column}' end`;
  });
  return `case when before.id is null or after.id is null then '{}'::text[]
               else array_remove(array[${cases.join(', ')}], null) end`;
}
