import { CommslogError } from '../../errors.ts';
import { type CustomerLine, lineTooLong, MAX_LINE_CHARACTERS } from './customerLine.ts';
import { customerTable } from './customerTable.ts';
import { type Encoding, type ImportedBody, readImportedText, tooLarge } from './importedText.ts';

const MAX_CUSTOMERS = 50_000;

export type CustomerLines = { readonly encoding: Encoding; readonly lines: AsyncIterable<CustomerLine> };

/**
 * The customers of a body in `application/x-ndjson` (one object a line: `id`, `name`, `numbers` as in PUT) or `text/csv`
 * (columns `id`, `name`, `numbers`), and how it was encoded.
 * Errors, also while the lines are read: `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `BAD_REQUEST` when it is no table or
 * not in the charset that was told.
 */
export async function readCustomerLines(request: ImportedBody): Promise<CustomerLines> {
  const read = request.is('application/x-ndjson') ? ndjsonLines : request.is('text/csv') ? customerTable : null;
  if (read === null) {
    throw new CommslogError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/x-ndjson or text/csv.');
  }
  const { encoding, text } = await readImportedText(request);
  return { encoding, lines: atMost(MAX_CUSTOMERS, read(text)) };
}

async function* atMost(most: number, lines: AsyncIterable<CustomerLine>): AsyncGenerator<CustomerLine> {
  let customers = 0;
  for await (const line of lines) {
    customers += 1;
    if (customers > most) throw tooLarge(`more than ${most} customers`);
    yield line;
  }
}

async function* ndjsonLines(text: AsyncIterable<string>): AsyncGenerator<CustomerLine> {
  let line = 0;
  let rest = '';
  for await (const part of text) {
    const whole = (rest + part).split('\n');
    rest = whole.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) throw lineTooLong();
    for (const one of whole) {
      line += 1;
      yield* ndjsonLine(line, one);
    }
  }
  yield* ndjsonLine(line + 1, rest);
}

function* ndjsonLine(line: number, text: string): Generator<CustomerLine> {
  if (text.length > MAX_LINE_CHARACTERS) throw lineTooLong();
  if (text.trim() === '') return;
  try {
    yield { line, customer: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    yield { line, customer: null };
  }
}
