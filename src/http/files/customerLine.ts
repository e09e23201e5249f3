import type { CommslogError, FieldProblem } from '../../errors.ts';
import { tooLarge } from './importedText.ts';

/** One customer of an import as it came, or why it is none, and on which line it begins. */
export type CustomerLine = { readonly line: number } & (
  | { readonly customer: unknown }
  | { readonly problem: FieldProblem }
);

/** Of one customer; as of the body of PUT, roughly. */
export const MAX_LINE_CHARACTERS = 64_000;

export function lineTooLong(): CommslogError {
  return tooLarge(`a line of more than ${MAX_LINE_CHARACTERS} characters`);
}
