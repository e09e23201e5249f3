import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { abortingWith } from '../../../aborting.ts';
import { nameOf, policyOf } from '../../../errorPolicy.ts';
import type { HandedLease, Lease, LeaseState, Leasing, OwnLease } from '../../../ports/lease.ts';
import { toDatabaseError } from '../../../postgres.ts';
import { createBackoff, pause } from '../../../retry.ts';
import { othersServe } from '../serveLock.ts';
import { KeptLease, type Moment, thisMoment } from './keptLease.ts';
import { LeaseConnection } from './leaseConnection.ts';
import { type LeaseRow, LeaseTable, type Self } from './leaseTable.ts';
import { LEASE_TIMINGS, type LeaseTimings } from './limits.ts';

export type LeasesOptions = {
  /** `id`: of the server, the same after a restart; only one process at a time may have it */
  readonly server: { readonly id: string; readonly name: string };
  readonly logger: Logger;
  readonly timings?: Partial<LeaseTimings>;
};

/** The leases of this process. */
export type Leases = Leasing & {
  /** `words`: what its holder tells whoever comes after; default: nothing. */
  want<Words = null>(name: string, words?: z.ZodType<Words>): HandedLease<Words>;
  /** The one that is wanted by that name; null: none is. */
  wanted(name: string): Lease | null;
  /** Of all that are wanted. */
  states(): ReadonlyMap<string, LeaseState>;
  /** Resolves when PostgreSQL has answered, or is found away. Rejects when it refuses us. */
  readonly asked: Promise<void>;
  /** Gives up all of them. */
  close(): Promise<void>;
};

const RECONNECTS = { minMs: 100, maxMs: 1_000 };
/** PostgreSQL's code while the tables are not made yet. */
const UNDEFINED_TABLE = '42P01';

/**
 * Keeps leases in PostgreSQL, on one connection: renews those that this process has, and looks at the others. Whatever
 * becomes of that connection, a lease is held until its time is over, and not a moment longer.
 */
export function keepLeases(url: string, options: LeasesOptions): Leases {
  return new Keeper(url, options);
}

class Keeper implements Leases {
  readonly asked: Promise<void>;
  readonly #logger: Logger;
  readonly #self: Self;
  readonly #timings: LeaseTimings;
  readonly #connection: LeaseConnection;
  readonly #leases = new Map<string, KeptLease<unknown>>();
  readonly #closing = new AbortController();
  readonly #kept: Promise<void>;
  /** aborts when PostgreSQL is to be asked again at once */
  #hurry = new AbortController();
  /** those who wait for the end of a look that has not begun yet */
  readonly #waiting: (() => void)[] = [];
  #isAlone = true;

  constructor(url: string, { server, logger, timings }: LeasesOptions) {
    this.#logger = logger;
    this.#self = { ...server, process: randomUUID() };
    this.#timings = { ...LEASE_TIMINGS, ...timings };
    const onNotice = () => this.#hurry.abort();
    this.#connection = new LeaseConnection(url, { answerMs: this.#timings.answerMs, onNotice });
    const kept = this.#keep();
    this.#kept = kept.catch(() => undefined);
    this.asked = Promise.race([this.#looked(), kept]);
    this.asked.catch(() => undefined);
  }

  want<Words = null>(name: string, words?: z.ZodType<Words>): HandedLease<Words> {
    const lease = this.#begin(name, words);
    lease.onChange(() => this.#say(lease));
    this.#hurry.abort();
    return lease;
  }

  async tryTake(name: string): Promise<OwnLease | null> {
    // what this process has, or waits for, is not free
    if (this.#leases.has(name)) return null;
    const lease = this.#begin(name);
    await this.#looked();
    if (lease.state() === 'held') return lease;
    await lease.release();
    return null;
  }

  wanted(name: string): Lease | null {
    return this.#leases.get(name) ?? null;
  }

  states(): ReadonlyMap<string, LeaseState> {
    return new Map([...this.#leases].map(([name, lease]) => [name, lease.state()]));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#kept;
    await Promise.all([...this.#leases.values()].map((lease) => lease.release()));
    await this.#connection.end();
  }

  #begin<Words>(name: string, words?: z.ZodType<Words>): KeptLease<Words> {
    const lease: KeptLease<Words> = new KeptLease(name, words, {
      self: this.#self,
      timings: this.#timings,
      ask: () => this.#looked(),
      giveUp: () => this.#giveUp(lease),
      isAlone: () => this.#isAlone,
    });
    this.#leases.set(name, lease);
    return lease;
  }

  /** Rejects when PostgreSQL refuses us before it has answered once. */
  async #keep(): Promise<void> {
    const waits = createBackoff(RECONNECTS);
    let hasAnswered = false;
    let saidAway = false;
    while (!this.#closing.signal.aborted) {
      this.#hurry = abortingWith(this.#closing.signal);
      const waiting = this.#waiting.splice(0);
      let waitMs = this.#timings.renewMs;
      try {
        await this.#look();
        hasAnswered = true;
        saidAway = false;
        waits.reset();
      } catch (error) {
        const isEmpty = error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;
        if (!isEmpty && !hasAnswered && policyOf(error) !== 'later') throw toDatabaseError(error);
        if (!isEmpty && !saidAway) {
          this.#logger.warn({ error: nameOf(error) }, 'PostgreSQL cannot be asked for leases, trying again');
          saidAway = true;
        }
        waitMs = waits.next();
      }
      for (const resolve of waiting) resolve();
      await pause(waitMs, this.#hurry.signal);
      this.#hurry.abort();
    }
  }

  #look(): Promise<void> {
    return this.#connection.use(async (client) => {
      const askedAt = thisMoment();
      const table = new LeaseTable(client, this.#self, this.#timings);
      this.#isAlone = !(await othersServe(client));
      if (!(await this.#connection.keepOlderAway(client))) {
        for (const lease of this.#leases.values()) lease.saw(undefined, askedAt, true);
        return;
      }
      const wanted = [...this.#leases.values()];
      await table.renew(wanted.map((lease) => lease.wish()));
      const rows = await table.read(wanted.map(({ name }) => name));
      for (const lease of wanted) await this.#lookAt(lease, rows.get(lease.name), table, askedAt);
    });
  }

  async #lookAt(
    lease: KeptLease<unknown>,
    found: LeaseRow | undefined,
    table: LeaseTable,
    askedAt: Moment,
  ): Promise<void> {
    // released meanwhile, and perhaps wanted anew
    if (this.#leases.get(lease.name) !== lease) return;
    let row = found;
    if (lease.shouldTake(row)) row = await table.take(lease.name, row !== undefined && lease.isFormerSelf(row));
    else if (row !== undefined && lease.shouldPrepare(row)) row = await table.prepare(lease.name);
    else if (row !== undefined && lease.shouldStepBack(row)) row = await table.stepBack(lease.name);
    lease.saw(row, askedAt, false);
  }

  async #giveUp(lease: KeptLease<unknown>): Promise<void> {
    if (this.#leases.get(lease.name) === lease) this.#leases.delete(lease.name);
    try {
      await this.#connection.use((client) => new LeaseTable(client, this.#self, this.#timings).release(lease.name));
    } catch {
      // it is over when its time is
    }
  }

  /** Resolves when PostgreSQL was asked once more, whatever it said. */
  #looked(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#hurry.abort();
    });
  }

  #say(lease: KeptLease<unknown>): void {
    const state = lease.state();
    // what this process gives up is nobody's yet
    if (this.#closing.signal.aborted || lease.isReleased()) return;
    const about = { lease: lease.name, holder: lease.holder()?.name };
    if (state === 'lost') this.#logger.warn(about, 'PostgreSQL does not say any more who has a lease');
    else this.#logger.info(about, state === 'held' ? 'this server has a lease' : 'another server has a lease');
  }
}
