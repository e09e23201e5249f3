import { DatabaseError } from 'pg';
import { CommslogError } from '../../../errors.ts';
import { isUnavailable } from '../../../postgres.ts';

/** Codes of errors that pass, though PostgreSQL is there: conflicts, locks, cancelled, read-only after a fail-over. */
const PASSING = /^(40001|40P01|55P03|57014|25006)/;
const DENIED = /^(28|42501)/;

/**
 * What an error of the driver means to a caller. A failure while `committing` may have come after the commit:
 * `LOG_OUTCOME_UNKNOWN`. Errors that say that this program is wrong are given back as they are.
 */
export function toLogError(error: unknown, committing = false): unknown {
  if (error instanceof CommslogError) return error;
  if (error instanceof DatabaseError && DENIED.test(error.code ?? ''))
    return new CommslogError('LOG_ACCESS_DENIED', 'PostgreSQL refuses the login or a right that the log needs', {
      cause: error,
    });
  if (!isUnavailable(error) && !mayPass(error)) return error;
  return committing
    ? new CommslogError('LOG_OUTCOME_UNKNOWN', 'the connection to PostgreSQL was lost while it committed', {
        cause: error,
      })
    : new CommslogError('LOG_UNAVAILABLE', 'PostgreSQL, where the log is, does not answer', { cause: error });
}

function mayPass(error: unknown): boolean {
  if (error instanceof DatabaseError) return PASSING.test(error.code ?? '');
  return error instanceof Error && error.message === 'Query read timeout';
}
