import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import type { Request } from 'express';
import { z } from 'zod';
import { CommslogError } from '../../errors.ts';

/** One customer of an import as it came, and on which line it stands. */
export type CustomerLine = { readonly line: number; readonly customer: unknown };

const MAX_BYTES = 10_000_000;
/** Of what nobody wants any more; beyond it the connection is closed. */
const MAX_DISCARDED_BYTES = 5 * MAX_BYTES;
const MAX_CUSTOMERS = 50_000;
/** Of one customer; as of the body of PUT, roughly. */
const MAX_LINE_CHARACTERS = 64_000;

type Body = Pick<Request, 'is' | 'iterator'>;

const recordSchema = z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.int() }) });

/**
 * The customers, as they come in, of a body in `application/x-ndjson` (one object a line: `id`, `name`, `numbers` as in PUT)
 * or `text/csv` (columns `id`, `name`, `numbers`, several numbers separated by `;`), in UTF-8.
 * Errors: `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `BAD_REQUEST` when it is no such text.
 */
export async function* readCustomerLines(request: Body): AsyncGenerator<CustomerLine> {
  const read = request.is('application/x-ndjson') ? ndjsonLines : request.is('text/csv') ? csvLines : null;
  if (read === null) {
    throw new CommslogError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/x-ndjson or text/csv, in UTF-8.');
  }
  let customers = 0;
  try {
    for await (const line of read(textOf(request))) {
      customers += 1;
      if (customers > MAX_CUSTOMERS) throw tooLarge(`more than ${MAX_CUSTOMERS} customers`);
      yield line;
    }
  } finally {
    await discardRest(request);
  }
}

async function* textOf(request: Body): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new CommslogError('BAD_REQUEST', 'The body is not in UTF-8.');
    }
  };
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) throw tooLarge(`more than ${MAX_BYTES} bytes`);
    yield decode(bytes);
    // what has come in already is handed out without a turn of the event loop, and others wait meanwhile
    await setImmediate();
  }
  yield decode();
}

/** Most clients read an answer only when they have sent all, and are cut off when nobody takes it. */
async function discardRest(request: Body): Promise<void> {
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_DISCARDED_BYTES) return;
  }
}

async function* ndjsonLines(text: AsyncIterable<string>): AsyncGenerator<CustomerLine> {
  let line = 0;
  let rest = '';
  for await (const part of text) {
    const whole = (rest + part).split('\n');
    rest = whole.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) throw tooLarge(LONG_LINE);
    for (const one of whole) {
      line += 1;
      yield* ndjsonLine(line, one);
    }
  }
  yield* ndjsonLine(line + 1, rest);
}

function* ndjsonLine(line: number, text: string): Generator<CustomerLine> {
  if (text.length > MAX_LINE_CHARACTERS) throw tooLarge(LONG_LINE);
  if (text.trim() === '') return;
  try {
    yield { line, customer: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    yield { line, customer: null };
  }
}

async function* csvLines(text: AsyncIterable<string>): AsyncGenerator<CustomerLine> {
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_CHARACTERS,
  });
  // what goes wrong in it ends the parser, and so is thrown below
  void pipeline(text, parser).catch(() => {});
  try {
    for await (const parsed of parser) {
      const { record, info } = recordSchema.parse(parsed);
      const { numbers = '', ...customer } = record;
      yield { line: info.lines, customer: { ...customer, numbers: numbersOf(numbers) } };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw tooLarge(LONG_LINE);
    throw new CommslogError('BAD_REQUEST', `The table cannot be read (${error.code}); check its header and quotes.`);
  }
}

function numbersOf(cell: string): { number: string }[] {
  const numbers = cell.split(';').map((number) => number.trim());
  return numbers.filter((number) => number !== '').map((number) => ({ number }));
}

const LONG_LINE = `a line of more than ${MAX_LINE_CHARACTERS} characters`;

function tooLarge(what: string): CommslogError {
  return new CommslogError('PAYLOAD_TOO_LARGE', `The import has ${what}; divide it.`);
}
