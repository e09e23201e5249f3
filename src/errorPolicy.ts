import { CommslogError, type ErrorCode } from './errors.ts';

/**
 * What can be done about an error:
 * - `later`: it passes by itself; the same is tried again with back-off, never skipped
 * - `never`: it comes again with the same input; the input is found (by halving), set aside and counted, the rest goes on
 * - `person`: nothing goes on before somebody acts; it is said at once and tried slowly
 */
export type Policy = 'later' | 'never' | 'person';

/** Our own codes; those of requests, commands and the start are answers, and nobody tries them again. */
const OF_CODE: { readonly [C in ErrorCode]?: Policy } = {
  LOG_UNAVAILABLE: 'later',
  LOG_OUTCOME_UNKNOWN: 'later',
  DATABASE_UNAVAILABLE: 'later',
  BUSY: 'later',
  STARTING: 'later',
  FENCED: 'later',
  ISSUER_UNAVAILABLE: 'later',
  CDR_UNAVAILABLE: 'later',
  INVALID_EVENT: 'never',
  APPEND_TOO_LARGE: 'never',
  STREAM_DELETED: 'never',
  POISON_EVENT: 'never',
  LOG_ACCESS_DENIED: 'person',
  LOG_STORAGE_FAILED: 'person',
  LOG_IS_ANOTHER: 'person',
  LOG_TOO_SHORT: 'person',
  LOG_HOLE: 'person',
  DATABASE_REFUSED: 'person',
  POSTGRES_DATA_GONE: 'person',
  POSTGRES_VERSION_DIFFERS: 'person',
  SCHEMA_TOO_NEW: 'person',
  CDR_UNREADABLE: 'person',
  CDR_TIME_ZONE_WRONG: 'person',
};

/**
 * PostgreSQL's SQLSTATEs by class or code, the longest entry counts.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 * What says that this program or its tables are wrong (42, 0A …) is in no table: it would hit every event alike.
 */
const OF_SQLSTATE: Readonly<Record<string, Policy>> = {
  '08': 'later', // connection
  '22': 'never', // data exception, among them what the encoding cannot hold
  '23': 'never', // integrity constraint
  '25006': 'later', // read-only: a standby, until it is promoted
  '25P03': 'later', // a transaction said nothing for too long: its process was frozen
  '28': 'person', // login
  '3D': 'person', // no such database
  '40': 'later', // rolled back: serialisation, deadlock
  '42501': 'person', // a right is missing
  '53': 'later', // resources: memory, connections
  '53100': 'person', // disk full
  '54': 'never', // a program limit: a row or an index entry that is too large
  '55006': 'later', // object in use
  '55P03': 'later', // lock not available
  '57': 'later', // shutting down, starting, cancelled
  '57P04': 'person', // the database was dropped
  '58': 'person', // the system under it: I/O
  XX: 'person', // internal: damaged data or index
};

/** gRPC's codes, as EventStoreDB's client gives them. https://grpc.io/docs/guides/status-codes/ */
const OF_GRPC: Readonly<Record<number, Policy>> = {
  1: 'later', // CANCELLED
  3: 'never', // INVALID_ARGUMENT
  4: 'later', // DEADLINE_EXCEEDED
  7: 'person', // PERMISSION_DENIED
  8: 'later', // RESOURCE_EXHAUSTED
  10: 'later', // ABORTED
  13: 'later', // INTERNAL: a stream that was cut
  14: 'later', // UNAVAILABLE
  16: 'person', // UNAUTHENTICATED
};

/** Of the operating system those that a person has to mend; the others are of sockets and pass. */
const OF_ERRNO: Readonly<Record<string, Policy>> = {
  EACCES: 'person',
  EDQUOT: 'person',
  EIO: 'person',
  ENOSPC: 'person',
  EPERM: 'person',
  EROFS: 'person',
};

/** `pg` has no codes for these. */
const DRIVER_LOST_CONNECTION =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client (was closed|has encountered))/;

/**
 * What can be done about an error of the log, the database or an event; null when no table has it: then it counts as
 * `never` once it has come `MAX_UNLISTED_TRIES` times with the same input while other input went through.
 */
export function policyOf(error: unknown): Policy | null {
  if (error instanceof CommslogError) return OF_CODE[error.code] ?? null;
  if (!(error instanceof Error)) return null;
  const state = sqlStateOf(error);
  if (state !== null) return ofSqlState(state);
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return OF_GRPC[code] ?? null;
  // of the operating system (ECONNREFUSED, EAI_AGAIN …), not of Node's own checks
  if (typeof code === 'string' && /^E(?!RR_)/.test(code)) return OF_ERRNO[code] ?? 'later';
  return DRIVER_LOST_CONNECTION.test(error.message) ? 'later' : null;
}

/** How often what is in no table is tried before it counts as `never`. */
export const MAX_UNLISTED_TRIES = 5;

/** Of what PostgreSQL itself has answered. Not asked by `instanceof`: whoever reads a recording needs no driver. */
export function sqlStateOf(error: Error): string | null {
  return 'severity' in error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function ofSqlState(state: string): Policy | null {
  for (let length = state.length; length >= 2; length -= 1) {
    const policy = OF_SQLSTATE[state.slice(0, length)];
    if (policy !== undefined) return policy;
  }
  return null;
}

/** What may be said of an error in the program's log: its text may quote a row, so only its code. */
export function nameOf(error: unknown): string {
  if (error instanceof CommslogError) return error.code;
  if (!(error instanceof Error)) return typeof error;
  const state = sqlStateOf(error);
  return state === null ? error.name : `PostgreSQL ${state}`;
}
