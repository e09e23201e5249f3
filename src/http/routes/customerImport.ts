import { z } from 'zod';
import { type ImportLine, MAX_PROBLEMS } from '../../acts/importCustomers.ts';
import { customerIdSchema } from '../../domain/events.ts';
import { hasCode } from '../../errors.ts';
import { putCustomerBody } from '../contract/contract.ts';
import type { CustomerLine } from '../files/customerLines.ts';
import { parseInput } from '../kit/validation.ts';

const lineSchema = putCustomerBody.extend({ id: customerIdSchema });

export const importReportSchema = z
  .object({
    registered: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    problems: z
      .array(z.object({ line: z.int(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }))
      .meta({ description: `of the first ${MAX_PROBLEMS} lines that were refused; what they said is not repeated` }),
  })
  .meta({ id: 'ImportReport' });

/** A line as the act takes it: read as PUT reads a customer, with its id. */
export function importLine({ line, customer: body }: CustomerLine): ImportLine {
  try {
    const { id, ...customer } = parseInput(lineSchema, body, 'body');
    return { line, id, customer };
  } catch (error) {
    if (!hasCode(error, 'VALIDATION_FAILED')) throw error;
    return { line, errors: error.fields };
  }
}
