import { z } from 'zod';
import { type ImportLine, MAX_PROBLEMS } from '../../acts/importCustomers.ts';
import { customerIdSchema } from '../../domain/events.ts';
import { hasCode } from '../../errors.ts';
import { putCustomerBody } from '../contract/contract.ts';
import type { CustomerLine } from '../files/customerLine.ts';
import type { Encoding } from '../files/importedText.ts';
import { parseInput } from '../kit/validation.ts';

const lineSchema = putCustomerBody.extend({ id: customerIdSchema });

export const importReportSchema = z
  .object({
    registered: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    not_understood: z.int().meta({ description: 'numbers that are kept as they are, and match no call' }),
    problems: z
      .array(z.object({ line: z.int(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }))
      .meta({
        description: `of the first ${MAX_PROBLEMS} lines that were refused or have such numbers; what they said is not repeated`,
      }),
    remarks: z.array(z.string()).meta({ description: 'how the file was read, where it was no UTF-8' }),
  })
  .meta({ id: 'ImportReport' });

/** A line as the act takes it: read as PUT reads a customer, with its id. */
export function importLine(read: CustomerLine): ImportLine {
  const { line } = read;
  if ('problem' in read) return { line, errors: [read.problem] };
  try {
    const { id, ...customer } = parseInput(lineSchema, read.customer, 'body');
    return { line, id, customer };
  } catch (error) {
    if (!hasCode(error, 'VALIDATION_FAILED')) throw error;
    return { line, errors: error.fields };
  }
}

/** What whoever sent the file should know of how it was read. */
export function remarksOn({ name, by }: Encoding): string[] {
  if (name === 'utf-8') return [];
  if (by === 'content_type') return [`The file was read as ${name}, as its Content-Type says.`];
  if (by === 'bytes') return [`The file was read as UTF-16 (${name === 'utf-16le' ? 'little' : 'big'} endian).`];
  return [
    'The file is not in UTF-8, and nothing says what else it is in: it was taken for Latin-1 (Windows-1252). Where names ' +
      'have other letters now, send it again with its charset, of Greek e.g. `Content-Type: text/csv; charset=windows-1253`.',
  ];
}
