import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { InVersion, Page, ReadModel } from '../../ports/readModel.ts';
import { CHANGES_CHANNEL, type VersionTables } from '../tables/schema.ts';
import { createOnVersion } from './activeVersion.ts';
import { createChangeSignal } from './changeSignal.ts';
import { changesAfter } from './changes.ts';
import { countComms } from './commsCounts.ts';
import { coverageOf, listPbxs } from './coverage.ts';
import { currentCalls, currentSince } from './currentCalls.ts';
import { countNumbers } from './customerNumbers.ts';
import { getCustomer, listCustomers } from './customers.ts';
import { gapFigures } from './gaps.ts';
import { listComms } from './listedComms.ts';
import { listParked } from './parked.ts';
import { REPORTS } from './reports.ts';
import { checkpointOf, statusOf } from './status.ts';
import { getComms, wholeComms } from './wholeComms.ts';

/** Whoever asks is told by then, also while PostgreSQL is frozen: so that an answer begins within 10 s. */
const READ_MS = 9_000;

export type ReadModelOptions = {
  readonly pool: pg.Pool;
  /** the same database, for the one connection that listens for changes */
  readonly url: string;
  readonly logger: Logger;
};

/** The port `ReadModel` over the tables of the active version. `close()` ends what it opened, not the pool. */
export function createReadModel({ pool, url, logger }: ReadModelOptions): ReadModel & { close(): Promise<void> } {
  const onActive = createOnVersion(pool, { mostMs: READ_MS });
  /** In the version in which the list was begun. */
  const paged = <T, K>(
    after: InVersion<K> | null,
    read: (tables: Kysely<VersionTables>, after: K | null) => Promise<Page<T, K>>,
  ): Promise<Page<T, InVersion<K>>> =>
    onActive(async ({ version, tables }) => {
      const { items, next } = await read(tables, after === null ? null : after.key);
      return { items, next: next === null ? null : { version, key: next } };
    }, after?.version);
  const checkpoint = () => onActive(async ({ version, tables }) => ({ version, ...(await checkpointOf(tables)) }));
  const signal = createChangeSignal({
    url,
    channel: CHANGES_CHANNEL,
    // calls in progress change with the position alone, parked events that are folded again with the changes alone
    fingerprint: async () => Object.values(await checkpoint()).join(':'),
    logger,
  });
  return {
    list: (filter, after, limit) => paged(after, (tables, key) => listComms(tables, filter, key, limit)),
    entries: (filter, after, limit) => paged(after, (tables, key) => wholeComms(tables, filter, key, limit)),
    counts: (filter) => onActive(({ tables }) => countComms(tables, filter)),
    get: (id) => onActive(({ tables }) => getComms(tables, id)),
    current: () => onActive(({ tables }) => currentCalls(tables)),
    currentSince: (known) => onActive(({ tables }) => currentSince(tables, known)),
    customers: (filter, after, limit) => paged(after, (tables, key) => listCustomers(tables, filter, key, limit)),
    customerNumbers: () => onActive(({ tables }) => countNumbers(tables)),
    customer: (id) => onActive(({ tables }) => getCustomer(tables, id)),
    changes: (version, after, limit) =>
      onActive(async (active) => (active.version === version ? changesAfter(active.tables, after, limit) : null)),
    feedHead: async () => {
      const { version, seq } = await checkpoint();
      return { version, seq };
    },
    onChange: (listener) => signal.onChange(listener),
    caughtUp: (position, until) => reached(position, checkpoint, signal.onChange, until),
    status: () => onActive(statusOf),
    pbxs: () => onActive(({ tables }) => listPbxs(tables)),
    coverage: (period) => onActive(({ tables }) => coverageOf(tables, period)),
    gapFigures: (since, now) => onActive(({ tables }) => gapFigures(tables, { since, now })),
    parked: (after, limit) => paged(after, (tables, key) => listParked(tables, key, limit)),
    report: (name, period) => onActive(({ tables }) => REPORTS[name](tables, period)),
    close: () => signal.close(),
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
