import { CsvError, parse } from 'csv-parse';
import { MAX_LINE_CHARACTERS } from './customerLine.ts';

/** A row and the line that it begins on; `isBroken`: it has no end, by its quotes or its length, and only its line is left out. */
export type TableRow = { readonly line: number } & (
  | { readonly cells: readonly string[]; readonly isBroken: false }
  | { readonly isBroken: true; readonly isLast: boolean }
);

/** A table with more rows without an end has other quotes than those of CSV; each takes reading a row's length again. */
const MAX_BROKEN = 100;
/** What ends with half of a line break has its end in what comes. */
const LINE_BREAK = /\r\n|\n|\r(?!$)/g;

type Reader = {
  /** on which the row that is read begins */
  readonly line: () => number;
  /** null: to the end; false: it has no end, and nothing more is read */
  readonly read: (text: string | null) => Promise<boolean>;
  readonly rows: TableRow[];
};

/** The rows of a table from the line on that its text begins with. After the last that is told as broken nothing was read. */
export async function* tableRows(
  text: AsyncIterable<string>,
  { delimiter, firstLine }: { readonly delimiter: string; readonly firstLine: number },
): AsyncGenerator<TableRow> {
  let reader: Reader | null = null;
  let next = firstLine;
  // from the line `from` on, that of the row that is read or of one before
  let [unread, from, broken] = ['', firstLine, 0];
  for await (const piece of withEnd(text)) {
    unread += piece ?? '';
    let fresh = piece ?? '';
    do {
      if (reader === null) {
        ({ rest: unread, line: from } = skipLines(unread, from, next));
        if (from < next && piece !== null) break;
        [reader, fresh] = [readerFrom(next, delimiter), unread];
      }
      const isWell: boolean = (await reader.read(fresh)) && (piece !== null || (await reader.read(null)));
      yield* reader.rows.splice(0);
      if (isWell) {
        ({ rest: unread, line: from } = skipLines(unread, from, reader.line()));
        break;
      }
      broken += 1;
      const isLast = broken === MAX_BROKEN;
      yield { line: reader.line(), isBroken: true, isLast };
      if (isLast) return;
      next = reader.line() + 1;
      reader = null;
    } while (unread !== '');
  }
}

/** The text from line `to` on, as far as it is there. */
function skipLines(text: string, from: number, to: number): { readonly rest: string; readonly line: number } {
  let [at, line] = [0, from];
  for (const { 0: found, index } of line === to ? [] : text.matchAll(LINE_BREAK)) {
    at = index + found.length;
    line += 1;
    if (line === to) break;
  }
  if (line === to) return { rest: text.slice(at), line };
  return { rest: text.endsWith('\r') ? '\r' : '', line };
}

function readerFrom(firstLine: number, delimiter: string): Reader {
  let line = firstLine;
  const rows: TableRow[] = [];
  let isTorn = false;
  const take = (cells: string[]) => {
    isTorn ||= cells.some(holdsOthers);
    if (isTorn) return null;
    rows.push({ line, cells: cells.map((cell) => cell.trim()), isBroken: false });
    // the parser's own count takes a line break within quotes for two
    line += 1 + lineBreaksIn(cells);
    return null;
  };
  const parser = parse({
    delimiter,
    on_record: take,
    ltrim: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_LINE_CHARACTERS,
  });
  // told by what reads
  parser.on('error', () => {});
  const read = (text: string | null) =>
    new Promise<boolean>((resolve, reject) => {
      const told = (error?: Error | null) => {
        if (error && !(error instanceof CsvError)) reject(error);
        else resolve(!error && !isTorn);
      };
      if (text === null) parser.end(told);
      else parser.write(text, told);
    });
  return { line: () => line, read, rows };
}

/** A quote that is not closed goes on to the first of a later row, which closes nothing: then both stay in the cell. */
function holdsOthers(cell: string): boolean {
  return cell.startsWith('"') && /[\r\n]/.test(cell);
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

/** Null: there is no more. */
async function* withEnd(text: AsyncIterable<string>): AsyncGenerator<string | null> {
  yield* text;
  yield null;
}
