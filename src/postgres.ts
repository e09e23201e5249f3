import pg from 'pg';
import { policyOf, sqlStateOf } from './errorPolicy.ts';
import { CommslogError } from './errors.ts';

const INT8 = 20;
const TIMESTAMPTZ = 1184;
/** of a statement that took too long, too */
const QUERY_CANCELED = '57014';
const CONNECT_TIMEOUT_MS = 10_000;
/** PostgreSQL ends a connection whose other side takes nothing for so long: what its transaction has locked is free then. */
const TAKES_NOTHING_MS = 10_000;
const UTC = '-c TimeZone=UTC';

const parsers = new Map<number, (text: string) => unknown>([
  // as strings '10' < '9', as numbers they lose digits
  [INT8, (text) => BigInt(text)],
  // a Date would lose the microseconds; written as `toRfc3339` writes them, so that a row is the same as its fold
  [TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(6, '0')}Z`],
]);

/** The types of this program: int8 is bigint, timestamptz an RFC 3339 string in UTC with six digits of the second. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const parser = format === 'binary' ? undefined : parsers.get(Number(oid));
    return parser ?? pg.types.getTypeParser(oid, format);
  },
};

/** Settings of every connection to PostgreSQL: UTC, our types, a bound on connecting. */
export function connectionSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    options: UTC,
    application_name: 'commslog',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

export type PoolOptions = {
  readonly max?: number;
  /** how long a statement may go without an answer; default: for ever */
  readonly queryTimeoutMs?: number;
  /** after so long PostgreSQL ends a statement; default: never */
  readonly statementTimeoutMs?: number;
  /** how long somebody waits for a connection; default: 10 s */
  readonly waitMs?: number;
  /** how long a transaction may say nothing before PostgreSQL ends it, with its connection; default: for ever */
  readonly maxIdleInTransactionMs?: number;
  readonly onError?: (error: Error) => void;
};

/** A pool of at most `max` connections. A lost connection, in use or idle, goes to `onError`, never to the process. */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    ...connectionSettings(url),
    options: `${UTC} -c tcp_user_timeout=${TAKES_NOTHING_MS}`,
    idle_in_transaction_session_timeout: options.maxIdleInTransactionMs,
    max: options.max ?? 10,
    query_timeout: options.queryTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    connectionTimeoutMillis: options.waitMs ?? CONNECT_TIMEOUT_MS,
  });
  // the pool listens on idle connections only: without this, one that is lost while it is in use ends the process
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  pool.on('error', () => {});
  return pool;
}

/** The encoding of the database that is asked. */
export const SERVER_ENCODING = "select current_setting('server_encoding') as encoding";

/** Refuses a database that cannot hold every name and note. Errors: `CONFIG_INVALID`. */
export function refuseOtherThanUtf8(encoding: string | undefined): void {
  if (encoding === 'UTF8') return;
  throw new CommslogError(
    'CONFIG_INVALID',
    `The database has the encoding ${encoding}, which cannot store every name. Create one with UTF8 (create database … encoding 'UTF8' template template0) and give its address.`,
  );
}

/**
 * What an error of the driver means to who asked the read model: `DATABASE_UNAVAILABLE` passes, `DATABASE_REFUSED` needs
 * a person; every other is given back as it is.
 */
export function toDatabaseError(cause: unknown): unknown {
  if (cause instanceof CommslogError) return cause;
  if (cause instanceof Error && sqlStateOf(cause) === QUERY_CANCELED) {
    return new CommslogError('DATABASE_UNAVAILABLE', 'PostgreSQL takes too long to answer.', { cause });
  }
  switch (policyOf(cause)) {
    case 'later':
      return new CommslogError('DATABASE_UNAVAILABLE', 'PostgreSQL does not answer.', { cause });
    case 'person':
      return new CommslogError('DATABASE_REFUSED', 'PostgreSQL refuses access or cannot store; see the log.', {
        cause,
      });
    default:
      return cause;
  }
}
