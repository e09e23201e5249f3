import { nameOf, policyOf } from '../../errorPolicy.ts';
import { CommslogError } from '../../errors.ts';

/** MySQL's and MariaDB's own names of what passes by itself. */
const PASSES: ReadonlySet<string> = new Set(['ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'ER_LOCK_WAIT_TIMEOUT']);
const LOST = /^(?:PROTOCOL_|ECONN|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** An error of the source's database or file. Its text may show a password or a row, so only its code is told. */
export function toCdrError(cause: unknown): CommslogError {
  if (cause instanceof CommslogError) return cause;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : nameOf(cause);
  return PASSES.has(code) || LOST.test(code) || policyOf(cause) === 'later'
    ? new CommslogError('CDR_UNAVAILABLE', `The database of call records cannot be reached (${code}).`, { cause })
    : new CommslogError('CDR_UNREADABLE', `The call records cannot be read (${code}).`, { cause });
}
