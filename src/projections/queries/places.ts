import type { PostgresPool } from 'kysely';
import type pg from 'pg';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';

/** A statement that PostgreSQL does not end by then is left alone, with its connection. */
const ENDED_MS = 2_000;

export type PlacesOptions = {
  /** each of its connections is a place */
  readonly pool: pg.Pool;
  /** from here statements are ended whose readers have left: from a pool that does not wait for such statements itself */
  readonly endedFrom: pg.Pool;
  /** how many may wait for a place */
  readonly mostWaiting: number;
};

/**
 * A bounded number of readers at once, and a bounded number that wait for their turn, so that one kind of reading takes no
 * more of the database than this.
 */
export class Places {
  readonly #options: PlacesOptions;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** What a request reads by: the statement that PostgreSQL is at ends when `gone` aborts. Errors: `BUSY`. */
  until(gone: AbortSignal | undefined): PostgresPool {
    return { connect: () => this.#connect(gone), end: async () => {} };
  }

  async #connect(gone: AbortSignal | undefined): Promise<pg.PoolClient> {
    const { pool, endedFrom, mostWaiting } = this.#options;
    gone?.throwIfAborted();
    if (pool.waitingCount >= mostWaiting) throw busy();
    const client = await pool.connect().catch((error: unknown) => {
      throw isFull(pool) ? busy() : error;
    });
    if (gone?.aborted) client.release();
    gone?.throwIfAborted();
    return gone === undefined ? client : endedWith(gone, client, endedFrom);
  }
}

/** The same connection; as soon as `gone` aborts its statement is ended, and it is nobody's place any more. */
function endedWith(gone: AbortSignal, client: pg.PoolClient, endedFrom: pg.Pool): pg.PoolClient {
  // the pool gives a connection another `release` each time
  const release = client.release.bind(client);
  let isReleased = false;
  const giveBack = (isSpent: boolean) => {
    gone.removeEventListener('abort', leave);
    if (!isReleased) release(isSpent);
    isReleased = true;
  };
  const leave = async () => {
    await within(ENDED_MS, endStatementOf(client, endedFrom), () => {});
    giveBack(true);
  };
  gone.addEventListener('abort', leave);
  // what ends the statement may come late, and would hit the next one
  client.release = () => giveBack(gone.aborted);
  return client;
}

async function endStatementOf(client: pg.PoolClient, endedFrom: pg.Pool): Promise<void> {
  if (!('processID' in client)) return;
  await endedFrom.query('select pg_cancel_backend($1)', [client.processID]).catch(() => undefined);
}

function isFull({ totalCount, idleCount, options }: pg.Pool): boolean {
  return idleCount === 0 && totalCount >= (options.max ?? 0);
}

function busy(): CommslogError {
  return new CommslogError('BUSY', 'Too many ask for such at once; Retry-After says when to ask again.');
}
