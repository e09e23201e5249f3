import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { MOST_IN_TEXT, numbersIn } from '../../domain/phone/index.ts';
import { CommslogError } from '../../errors.ts';
import { type CustomerLine, lineTooLong, MAX_LINE_CHARACTERS } from './customerLine.ts';

/** What spreadsheets part cells by; of those that part the header into as many the first. */
const DELIMITERS = [',', ';', '\t'];
/** A first line that tells Excel the delimiter. */
const SEPARATOR_LINE = /^"?sep=([^"\r\n])"?[ \t;,]*(?:\r|\n|$)/i;

/** Its line, and its cells. */
const rowSchema = z.tuple([z.coerce.number()], z.string());

/**
 * The customers of a table whose header names the columns. A row with too few or too many cells is told as such; empty
 * cells behind the last column do not count, and a row of empty ones is none.
 * Errors: `PAYLOAD_TOO_LARGE`, `BAD_REQUEST` when it is no table.
 */
export async function* customerTable(text: AsyncGenerator<string>): AsyncGenerator<CustomerLine> {
  const { value: head = '' } = await text.next();
  const told = SEPARATOR_LINE.exec(head)?.[1];
  let next = told === undefined ? 1 : 2;
  const numbered = (cells: readonly string[]) => {
    const line = next;
    // the parser's own count takes a line break within quotes for two
    next += 1 + lineBreaksIn(cells);
    return [String(line), ...cells.map((cell) => cell.trim())];
  };
  const parser = parse({
    delimiter: told ?? delimiterOf(head),
    from_line: next,
    on_record: numbered,
    ltrim: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_LINE_CHARACTERS,
  });
  // what goes wrong in it ends the parser, and so is thrown below
  void pipeline(allOf(head, text), parser).catch(() => {});
  let header: readonly string[] | null = null;
  try {
    for await (const parsed of parser) {
      const [line, ...cells] = rowSchema.parse(parsed);
      if (cells.every((cell) => cell === '')) continue;
      if (header === null) header = columnsOf(cells);
      else yield { line, ...rowOf(header, cells) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw lineTooLong();
    throw new CommslogError(
      'BAD_REQUEST',
      `The table cannot be read from line ${next} on (${error.code}); check its quotes.`,
    );
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
  const { numbers: cell = '', ...customer } = Object.fromEntries(header.map((name, at) => [name, cells[at] ?? '']));
  const numbers = numbersIn(cell).map((number) => ({ number }));
  if (cell.length <= MOST_IN_TEXT.characters && numbers.length < MOST_IN_TEXT.numbers) {
    return { customer: { ...customer, numbers } };
  }
  const detail = `${MOST_IN_TEXT.numbers} numbers or more than ${MOST_IN_TEXT.characters} characters; import it as JSON`;
  return { problem: { pointer: '#/numbers', detail } };
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
