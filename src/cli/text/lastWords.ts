import { nameOf, sqlStateOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';
import { toDatabaseError } from '../../postgres.ts';
import { framesOf } from './framesOf.ts';

/**
 * What is said on one line when a command ends by an error: a sentence and a code. Of an error that is not ours only its
 * name and where it was made are told: its text may quote what was to be stored.
 */
export function lastWords(thrown: unknown): string {
  const error = isOfFile(thrown) ? thrown : toDatabaseError(thrown);
  if (error instanceof CommslogError) return `commslog: ${error.message}${reasonOf(error)} [${error.code}]`;
  if (isOfFile(error)) return `commslog: ${error.path} cannot be used (${error.code}). [INTERNAL]`;
  const [at = ''] = framesOf(error);
  return `commslog: The program has met an error that it does not know: ${nameOf(error)} ${at} [INTERNAL]`;
}

function isOfFile(error: unknown): error is Error & { readonly path: string; readonly code: string } {
  if (!(error instanceof Error && 'path' in error && 'code' in error && 'syscall' in error)) return false;
  return typeof error.path === 'string' && typeof error.code === 'string';
}

/** What PostgreSQL has answered: sentences of ours do not quote it. */
function reasonOf({ cause }: CommslogError): string {
  return cause instanceof Error && sqlStateOf(cause) !== null ? ` (${nameOf(cause)})` : '';
}
