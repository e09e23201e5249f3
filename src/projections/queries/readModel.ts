import type { Kysely, PostgresPool } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { InVersion, Page, ReadModel } from '../../ports/readModel.ts';
import { createPool } from '../../postgres.ts';
import { REPORTS } from '../reports/reports.ts';
import { CHANGES_CHANNEL, type VersionTables } from '../tables/schema.ts';
import { createOnVersion } from './activeVersion.ts';
import { countCallBacks } from './callBackCounts.ts';
import { getCallBack, listCallBacks, openMissesOf } from './callBacks.ts';
import { listCallPlaces } from './callPlaces.ts';
import { createChangeSignal } from './changeSignal.ts';
import { changesAfter } from './changes.ts';
import { countComms } from './commsCounts.ts';
import { coverageOf, listPbxs } from './coverage.ts';
import { currentCalls, currentSince } from './currentCalls.ts';
import { countNumbers } from './customerNumbers.ts';
import { getCustomer, listCustomers } from './customers.ts';
import { createDirectoryReader } from './directory.ts';
import { gapFigures } from './gaps.ts';
import { listComms } from './listedComms.ts';
import { listParked } from './parked.ts';
import { Places } from './places.ts';
import { checkpointOf, statusOf } from './status.ts';
import { getComms, wholeComms } from './wholeComms.ts';
import { writtenComms } from './writtenComms.ts';

/** Whoever asks is told by then, also while PostgreSQL is frozen: so that an answer begins within 10 s. */
const READ_MS = 9_000;
/** Who comes later is told to ask again. */
const MOST_WAITING = { usual: 100, expensive: 12 };

export type ReadModelOptions = {
  readonly pool: pg.Pool;
  /** for what takes long at millions of entries: searches, counts, reports, exports; default: `pool` */
  readonly expensive?: pg.Pool;
  /** the same database, for the connection that listens for changes, and the one that ends what nobody waits for */
  readonly url: string;
  readonly logger: Logger;
};

/** The port `ReadModel` over the tables of the active version. `close()` ends what it opened, not the pool. */
export function createReadModel(options: ReadModelOptions): ReadModel & { close(): Promise<void> } {
  const { pool, expensive = pool, url, logger } = options;
  const endedFrom = createPool(url, { max: 1 });
  const usual = new Places({ pool, endedFrom, mostWaiting: MOST_WAITING.usual });
  const few = new Places({ pool: expensive, endedFrom, mostWaiting: MOST_WAITING.expensive });
  const onActive = createOnVersion(pool, { mostMs: READ_MS });
  const directory = createDirectoryReader();
  /** Comms by a filter of any kind, or without one. */
  const placesFor = ({ q }: { readonly q?: string | undefined }) => (q === undefined ? usual : few);
  /** In the version in which the list was begun. */
  const paged = <T, K>(
    after: InVersion<K> | null,
    by: PostgresPool,
    read: (tables: Kysely<VersionTables>, after: K | null) => Promise<Page<T, K>>,
  ): Promise<Page<T, InVersion<K>>> =>
    onActive(
      async ({ version, tables }) => {
        const { items, next } = await read(tables, after === null ? null : after.key);
        return { items, next: next === null ? null : { version, key: next } };
      },
      { begunIn: after?.version, by },
    );
  const checkpoint = () => onActive(async ({ version, tables }) => ({ version, ...(await checkpointOf(tables)) }));
  const signal = createChangeSignal({
    url,
    channel: CHANGES_CHANNEL,
    // calls in progress change with the position alone, parked events that are folded again with the changes alone
    fingerprint: async () => Object.values(await checkpoint()).join(':'),
    logger,
  });
  return {
    list: (filter, after, limit, gone) =>
      paged(after, placesFor(filter).until(gone), (tables, key) => listComms(tables, filter, key, limit)),
    entries: (filter, after, limit, gone) =>
      paged(after, few.until(gone), (tables, key) => wholeComms(tables, filter, key, limit)),
    written: (filter, after, limit, gone) =>
      paged(after, few.until(gone), (tables, key) => writtenComms(tables, filter, key, limit)),
    counts: (filter, gone) => onActive(({ tables }) => countComms(tables, filter), { by: few.until(gone) }),
    get: (id) => onActive(({ tables }) => getComms(tables, id)),
    current: () => onActive(({ tables }) => currentCalls(tables)),
    currentSince: (known) => onActive(({ tables }) => currentSince(tables, known)),
    customers: (filter, after, limit, gone) =>
      paged(after, placesFor(filter).until(gone), (tables, key) => listCustomers(tables, filter, key, limit)),
    callBacks: (filter, after, limit, gone) =>
      paged(after, usual.until(gone), (tables, key) => listCallBacks(tables, filter, key, limit)),
    callBack: (id, scope) => onActive(({ tables }) => getCallBack(tables, id, scope)),
    openMisses: (id, scope) => onActive(({ tables }) => openMissesOf(tables, id, scope)),
    callBackCounts: (scope, sub, gone) =>
      onActive(({ tables }) => countCallBacks(tables, scope, sub), { by: usual.until(gone) }),
    directory: () => onActive(directory),
    customerNumbers: () => onActive(({ tables }) => countNumbers(tables)),
    customer: (id, seenBy) => onActive(({ tables }) => getCustomer(tables, id, seenBy)),
    changes: (version, after, limit) =>
      onActive(async (active) => (active.version === version ? changesAfter(active.tables, after, limit) : null)),
    feedHead: async () => {
      const { version, seq } = await checkpoint();
      return { version, seq };
    },
    onChange: (listener) => signal.onChange(listener),
    caughtUp: (position, until) => reached(position, checkpoint, signal.onChange, until),
    status: () => onActive(statusOf),
    callPlaces: (gone) => onActive(({ tables }) => listCallPlaces(tables), { by: usual.until(gone) }),
    pbxs: () => onActive(({ tables }) => listPbxs(tables)),
    coverage: (period, gone) => onActive(({ tables }) => coverageOf(tables, period), { by: few.until(gone) }),
    gapFigures: (since, now) => onActive(({ tables }) => gapFigures(tables, { since, now })),
    parked: (after, limit) => paged(after, pool, (tables, key) => listParked(tables, key, limit)),
    report: (name, period, gone) => onActive(({ tables }) => REPORTS[name](tables, period), { by: few.until(gone) }),
    async close() {
      await Promise.all([signal.close(), endedFrom.end()]);
    },
  };
}

/** Looks again after every change until `position` is reached (true) or `until` aborts (false). */
async function reached(
  position: bigint,
  checkpoint: () => Promise<{ position: bigint }>,
  onChange: (listener: () => void) => () => void,
  until: AbortSignal,
): Promise<boolean> {
  let wake = () => {};
  const awake = () => wake();
  const stop = onChange(awake);
  until.addEventListener('abort', awake, { once: true });
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if ((await checkpoint()).position >= position) return true;
      if (until.aborted) return false;
      await woken;
    }
  } finally {
    stop();
    until.removeEventListener('abort', awake);
  }
}
