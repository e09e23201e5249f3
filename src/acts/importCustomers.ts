import { randomUUID } from 'node:crypto';
import { within } from '../deadline.ts';
import { putCustomer } from '../domain/acts/customer.ts';
import { readField } from '../domain/customers.ts';
import type { Author, CustomerData } from '../domain/events.ts';
import { CommslogError, type FieldProblem, hasCode } from '../errors.ts';
import { tellOfCustomer } from './customer.ts';
import { type ActDeps, untilVisible } from './deps.ts';

/** Customers that are written side by side. */
const AT_ONCE = 32;
/** How long one of them may take; what took longer ends the import. */
const STORE_MS = 12_000;
/** Lines that are told with what is wrong; the rest is only counted. */
export const MAX_PROBLEMS = 1_000;

/** A line of an import: a customer, or what is wrong with it. */
export type ImportLine = { readonly line: number } & (
  | { readonly id: string; readonly customer: CustomerData }
  | { readonly errors: readonly FieldProblem[] }
);

/** What became of the lines. */
export type ImportReport = {
  registered: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** numbers of customers that were imported */
  not_understood: number;
  readonly problems: { readonly line: number; readonly errors: readonly FieldProblem[] }[];
};

/**
 * Registers or changes the customers, each as PUT does; of several lines for one customer the last one holds. A line
 * that is not as it must be is refused by itself. A number that is not understood is kept as it is, and told. The same
 * import again changes nothing.
 * Errors: those of the log; what was written before stays.
 */
export async function importCustomers(
  deps: ActDeps,
  lines: readonly ImportLine[],
  { author, country }: { readonly author: Author; readonly country: string | null },
): Promise<ImportReport> {
  const report: ImportReport = {
    registered: 0,
    changed: 0,
    unchanged: 0,
    refused: 0,
    not_understood: 0,
    problems: [],
  };
  const wanted = new Map<string, ImportLine & { readonly customer: CustomerData }>();
  for (const line of lines) {
    if ('errors' in line) refuse(report, line.line, line.errors);
    else wanted.set(line.id, line);
  }
  const importId = randomUUID();
  let last = 0n;
  const queue = wanted.entries();
  const work = async () => {
    for (const [id, { line, customer }] of queue) {
      try {
        const told = tellOfCustomer(deps, { id, author, importId }, (state) => putCustomer(customer, state));
        const { result, position } = await within(STORE_MS, told, takesTooLong);
        report[result] += 1;
        tellNotUnderstood(report, line, notUnderstood(customer, country));
        if (position > last) last = position;
      } catch (error) {
        if (!(error instanceof CommslogError) || !hasCode(error, 'VALIDATION_FAILED', 'CONFLICT', 'CUSTOMER_ERASED'))
          throw error;
        refuse(report, line, error.fields);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await untilVisible(deps, last);
  report.problems.sort((a, b) => a.line - b.line);
  return report;
}

function takesTooLong(): never {
  throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'The log takes too long; the same import again does the rest.');
}

function refuse(report: ImportReport, line: number, errors: readonly FieldProblem[]): void {
  report.refused += 1;
  tell(report, line, errors);
}

function tellNotUnderstood(report: ImportReport, line: number, errors: readonly FieldProblem[]): void {
  report.not_understood += errors.length;
  if (errors.length > 0) tell(report, line, errors);
}

function tell({ problems }: ImportReport, line: number, errors: readonly FieldProblem[]): void {
  if (problems.length < MAX_PROBLEMS) problems.push({ line, errors });
}

function notUnderstood({ numbers }: CustomerData, country: string | null): FieldProblem[] {
  const detail = 'not understood, so it matches no call';
  return numbers.flatMap(({ number }, at) =>
    readField(number, country).flatMap(({ e164 }) =>
      e164 === null ? { pointer: `#/numbers/${at}/number`, detail } : [],
    ),
  );
}
