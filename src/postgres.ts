import pg from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const CONNECT_TIMEOUT_MS = 10_000;

const parsers = new Map<number, (text: string) => unknown>([
  // as strings '10' < '9', as numbers they lose digits
  [INT8, (text) => BigInt(text)],
  // a Date would lose the microseconds
  [TIMESTAMPTZ, (text) => `${text.slice(0, 10)}T${text.slice(11).replace(/[+-]00(:00)?$/, '')}Z`],
]);

/** The types of this program: int8 is bigint, timestamptz an RFC 3339 string in UTC with all its digits. */
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
    options: '-c TimeZone=UTC',
    application_name: 'commslog',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** A pool of at most `max` connections. Errors of idle connections go to `onError`, never to the process. */
export function createPool(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(url), max: options.max ?? 10 });
  pool.on('error', (error) => options.onError?.(error));
  return pool;
}
