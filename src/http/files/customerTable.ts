import { MOST_IN_TEXT, numbersIn } from '../../domain/phone/index.ts';
import type { CustomerLine } from './customerLine.ts';
import { namedRows } from './namedRows.ts';

/** The customers of a table; a cell of `numbers` may hold several. Errors: `BAD_REQUEST` when it is no table. */
export async function* customerTable(text: AsyncGenerator<string>): AsyncGenerator<CustomerLine> {
  for await (const row of namedRows(text)) {
    yield 'cells' in row ? { line: row.line, ...customerIn(row.cells) } : row;
  }
}

function customerIn({ numbers: cell = '', ...customer }: Readonly<Record<string, string>>) {
  const numbers = numbersIn(cell).map((number) => ({ number }));
  if (cell.length <= MOST_IN_TEXT.characters && numbers.length < MOST_IN_TEXT.numbers) {
    return { customer: { ...customer, numbers } };
  }
  const detail = `${MOST_IN_TEXT.numbers} numbers or more than ${MOST_IN_TEXT.characters} characters; import it as JSON`;
  return { problem: { pointer: '#/numbers', detail } };
}
