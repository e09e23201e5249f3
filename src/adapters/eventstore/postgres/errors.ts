import { DatabaseError } from 'pg';
import { policyOf } from '../../../errorPolicy.ts';
import { CommslogError } from '../../../errors.ts';

/** The login, a database that is not there (any more), a right. */
const DENIED = /^(28|3D|57P04|42501)/;

/**
 * What an error of the driver means to a caller. A failure while `committing` may have come after the commit:
 * `LOG_OUTCOME_UNKNOWN`. Errors that say that this program or its tables are wrong are given back as they are.
 */
export function toLogError(error: unknown, committing = false): unknown {
  if (error instanceof CommslogError) return error;
  const as = (code: ConstructorParameters<typeof CommslogError>[0], message: string) =>
    new CommslogError(code, message, { cause: error });
  switch (policyOf(error)) {
    case 'later':
      return committing
        ? as('LOG_OUTCOME_UNKNOWN', 'the connection to PostgreSQL was lost while it committed')
        : as('LOG_UNAVAILABLE', 'PostgreSQL, where the log is, does not answer');
    case 'never':
      return as('INVALID_EVENT', 'PostgreSQL, where the log is, can never take this');
    case 'person':
      return error instanceof DatabaseError && DENIED.test(error.code ?? '')
        ? as('LOG_ACCESS_DENIED', 'PostgreSQL refuses the login, the database or a right that the log needs')
        : as('LOG_STORAGE_FAILED', 'PostgreSQL, where the log is, cannot store: is its disk full?');
    default:
      return error;
  }
}
