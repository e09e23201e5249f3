import { DatabaseError } from 'pg';
import { CommslogError } from '../../../errors.ts';

/** Classes and codes of PostgreSQL's errors that pass: lost connections, no room, locks, shutdown, read-only standby. */
const PASSING = /^(08|53|57P|58|40001|40P01|55P03|57014|25006)/;
const DENIED = /^(28|42501)/;

/**
 * What an error of the driver means to a caller. A failure while `committing` may have come after the commit:
 * `LOG_OUTCOME_UNKNOWN`. Errors that say that this program is wrong are given back as they are.
 */
export function toLogError(error: unknown, committing = false): unknown {
  if (error instanceof CommslogError) return error;
  if (!(error instanceof Error)) return error;
  if (error instanceof DatabaseError && !PASSING.test(error.code ?? '')) {
    return DENIED.test(error.code ?? '')
      ? new CommslogError('LOG_ACCESS_DENIED', 'PostgreSQL refuses the login or a right that the log needs', {
          cause: error,
        })
      : error;
  }
  return committing
    ? new CommslogError('LOG_OUTCOME_UNKNOWN', 'the connection to PostgreSQL was lost while it committed', {
        cause: error,
      })
    : new CommslogError('LOG_UNAVAILABLE', 'PostgreSQL, where the log is, does not answer', { cause: error });
}
