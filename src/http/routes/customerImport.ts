import { z } from 'zod';
import { type WriteDeps, writeCustomer } from '../../acts/customers.ts';
import { untilVisible } from '../../acts/peopleFacts.ts';
import { putCustomer } from '../../domain/acts/customer.ts';
import { type Author, customerIdSchema } from '../../domain/events.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { putCustomerBody } from '../contract/contract.ts';
import type { CustomerLine } from '../files/customerLines.ts';
import { parseInput } from '../kit/validation.ts';

const AT_ONCE = 32;
/** The rest is only counted. */
const MAX_PROBLEMS = 100;

const lineSchema = putCustomerBody.extend({ id: customerIdSchema });
type Wanted = { readonly line: number; readonly customer: z.output<typeof lineSchema> };

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
export type ImportReport = z.infer<typeof importReportSchema>;

/**
 * Registers or changes the customers, each as PUT does; of several lines for one customer the last one holds. A line
 * that is not as it must be is refused by itself. The same import again changes nothing.
 * Errors: those of the log; what was written before stays.
 */
export async function importCustomers(
  deps: WriteDeps,
  lines: readonly CustomerLine[],
  author: Author,
): Promise<ImportReport> {
  const report: ImportReport = { registered: 0, changed: 0, unchanged: 0, refused: 0, problems: [] };
  const wanted = new Map<string, Wanted>();
  for (const { line, customer } of lines) {
    const parsed = refusing(report, line, () => parseInput(lineSchema, customer, 'body'));
    if (parsed !== null) wanted.set(parsed.id, { line, customer: parsed });
  }
  let position = 0n;
  const queue = wanted.values();
  const work = async () => {
    for (const { line, customer } of queue)
      position = later(position, await writeLine(deps, report, line, customer, author));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await untilVisible(deps.readModel, position);
  return report;
}

async function writeLine(
  deps: WriteDeps,
  report: ImportReport,
  line: number,
  { id, ...data }: Wanted['customer'],
  author: Author,
): Promise<bigint> {
  try {
    const written = await writeCustomer(deps, { id, onlyIf: undefined, author }, (state) => putCustomer(data, state));
    report[written.created ? 'registered' : written.changed ? 'changed' : 'unchanged'] += 1;
    return written.position;
  } catch (error) {
    refusing(report, line, () => {
      throw error;
    });
    return 0n;
  }
}

/** What `work` gives, or null when it refuses the line; other errors pass. */
function refusing<T>(report: ImportReport, line: number, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CommslogError) || !hasCode(error, 'VALIDATION_FAILED', 'CONFLICT')) throw error;
    report.refused += 1;
    if (report.problems.length < MAX_PROBLEMS) report.problems.push({ line, errors: [...error.fields] });
    return null;
  }
}

const later = (a: bigint, b: bigint) => (a > b ? a : b);
