import { CommslogError, type FieldProblem } from '../../errors.ts';
import { MAX_LINE_CHARACTERS } from './customerLine.ts';
import { tableRows } from './tableRows.ts';

/** What spreadsheets part cells by; of those that part the header into as many the first. */
const DELIMITERS = [',', ';', '\t'];
/** A first line that tells Excel the delimiter. */
const SEPARATOR_LINE = /^"?sep=([^"\r\n])"?[ \t;,]*(?:\r\n|\r|\n|$)/i;
const ENDLESS = `a quote that is not closed, or more than ${MAX_LINE_CHARACTERS} characters`;
const ENDLESS_AND_LAST = `${ENDLESS}; nothing was read from here on`;

/** A row by the names of its columns, or why it is none, and on which line it begins. */
export type NamedRow = { readonly line: number } & (
  | { readonly cells: Readonly<Record<string, string>> }
  | { readonly problem: FieldProblem }
);

/**
 * The rows of a table whose header names the columns. A row with too few or too many cells, or without an end, is told
 * as such; empty cells behind the last column do not count, and a row of empty ones is none.
 * Errors: `BAD_REQUEST` when it is no table.
 */
export async function* namedRows(text: AsyncGenerator<string>): AsyncGenerator<NamedRow> {
  const { value: first = '' } = await text.next();
  const [separator = '', told] = SEPARATOR_LINE.exec(first) ?? [];
  const head = first.slice(separator.length);
  const how = { delimiter: told ?? delimiterOf(head), firstLine: told === undefined ? 1 : 2 };
  let header: readonly string[] | null = null;
  for await (const row of tableRows(allOf(head, text), how)) {
    const { line } = row;
    if (row.isBroken) {
      if (header === null) throw new CommslogError('BAD_REQUEST', `The header of the table has no end (line ${line}).`);
      yield { line, problem: { pointer: '#', detail: row.isLast ? ENDLESS_AND_LAST : ENDLESS } };
    } else if (row.cells.some((cell) => cell !== '')) {
      if (header === null) header = columnsOf(row.cells);
      else yield { line, ...rowOf(header, row.cells) };
    }
  }
}

async function* allOf(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

/** The one that parts the header into most cells. */
function delimiterOf(head: string): string {
  const [header = ''] = head
    .trimStart()
    .replaceAll(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1);
  const cells = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, one) => (cells(one) > cells(best) ? one : best));
}

function columnsOf(cells: readonly string[]): readonly string[] {
  const names = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
  if (new Set(names).size === names.length) return names;
  throw new CommslogError('BAD_REQUEST', 'The table cannot be read: its header names a column twice.');
}

function rowOf(header: readonly string[], cells: readonly string[]) {
  if (cells.length < header.length || cells.slice(header.length).some((cell) => cell !== '')) {
    return { problem: { pointer: '#', detail: `a row of ${cells.length} cells, and ${header.length} columns` } };
  }
  return { cells: Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])) };
}
