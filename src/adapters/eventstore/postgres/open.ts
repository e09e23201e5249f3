import type { Logger } from 'pino';
import { abortingWith } from '../../../aborting.ts';
import { CommslogError } from '../../../errors.ts';
import { ensureLogId } from '../../../log/logId.ts';
import { toOutgoing } from '../../../log/outgoing.ts';
import type { EventStore, StreamFilter } from '../../../ports/eventStore.ts';
import { createPool } from '../../../postgres.ts';
import { createWakeUp } from '../../../postgresWakeUp.ts';
import { resumed } from '../resumed.ts';
import { createAppender } from './appender.ts';
import { createEraser } from './erase.ts';
import { toLogError } from './errors.ts';
import { createReader } from './reader.ts';
import { migrate } from './schema.ts';

const MAX_CONNECTIONS = 6;
const STATEMENT_TIMEOUT_MS = 30_000;
/**
 * An append has the end of the log locked for everybody. One whose process is frozen, or whose machine is gone, must not keep
 * it: whoever takes its leases over appends within seconds.
 */
const MAX_IDLE_MS = 5_000;

export type PostgresLogOptions = {
  readonly url: string;
  readonly logger?: Logger;
  /** if the log is new: the id of the log of which it becomes a copy */
  readonly copiedFrom?: string;
  /** PostgreSQL schema of the log's tables; default `log` */
  readonly schema?: string;
  /** how long PostgreSQL may take for one statement; default 30 s */
  readonly statementTimeoutMs?: number;
};

/**
 * The log in PostgreSQL; makes its tables when they are missing. Reads from the primary only: a standby may show commits
 * in another order. Errors: `LOG_UNAVAILABLE`, `LOG_ACCESS_DENIED`, `SCHEMA_TOO_NEW`, `CONFIG_INVALID`.
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<EventStore> {
  const { url, logger, schema = 'log' } = options;
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) throw new CommslogError('CONFIG_INVALID', 'not a name for a schema');
  const channel = `${schema}_appended`;
  const closing = new AbortController();
  const pool = createPool(url, {
    max: MAX_CONNECTIONS,
    queryTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    maxIdleInTransactionMs: MAX_IDLE_MS,
    // an embedded PostgreSQL may end before it has told a connection that is being closed
    onError: (error) => {
      if (!closing.signal.aborted) logger?.warn({ err: error }, 'lost an idle connection to the log');
    },
  });
  const appender = createAppender(pool, schema, channel);
  const reader = createReader(pool, schema);
  const wakeUp = createWakeUp(url, channel, logger);

  const refuseBeyondEnd = async (after: bigint) => {
    const head = await reader.head();
    if (after > head)
      throw new CommslogError('LOG_TOO_SHORT', `position ${after} is asked for, but the log ends at ${head}`);
  };

  /** What there is, and what comes, until `signal` aborts. */
  async function* tail(after: bigint, filter: StreamFilter | undefined, signal: AbortSignal) {
    await refuseBeyondEnd(after);
    for (let position = after; !signal.aborted; ) {
      const armed = wakeUp.armed();
      for await (const page of reader.readLog(position, filter)) {
        yield page;
        if (signal.aborted) return;
        position = page.end;
      }
      await wakeUp.next(armed, signal);
    }
  }

  const append: EventStore['append'] = async (stream, events, expected) =>
    appender.append(stream, toOutgoing(stream, events), expected);

  const open = async () => {
    try {
      await migrate(pool, schema);
      return await ensureLogId({ append, readStream: reader.readStream }, options.copiedFrom);
    } catch (error) {
      await pool.end();
      throw toLogError(error);
    }
  };
  const logId = await open();

  return {
    append,
    readStream: reader.readStream,
    async *readAll(after, filter, signal) {
      await refuseBeyondEnd(after);
      for await (const { events } of reader.readLog(after, filter)) {
        if (signal?.aborted) return;
        if (events.length > 0) yield events;
      }
    },
    async *subscribe(after, filter, signal) {
      const over = abortingWith(signal, closing.signal);
      try {
        yield* resumed({ after, read: (at) => tail(at, filter, over.signal), signal: over.signal, logger });
      } finally {
        over.abort();
      }
    },
    ...createEraser(pool, schema),
    head: reader.head,
    logId: async () => logId,
    async close() {
      closing.abort();
      await appender.idle();
      await Promise.all([wakeUp.close(), pool.end()]);
    },
  };
}
