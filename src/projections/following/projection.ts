import type pg from 'pg';
import { derivationOf } from '../../domain/derivation.ts';
import type { Rules } from '../../domain/rules.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { foldsWait } from '../calls/foldsWaiting.ts';
import { takeInDirectory, toldOfDirectory } from '../people/directory.ts';
import { rematchWaiting, waitsForRematch } from '../people/rematch.ts';
import { rulesByPbx } from '../people/whose.ts';
import { type Batch, batchOf, batchOfParked, eachOnce, type Incoming } from '../tables/batch.ts';
import {
  type Checkpoint,
  holdCheckpoint,
  moveCheckpoint,
  NOTHING_PROJECTED,
  readCheckpoint,
  refuseAnotherLog,
} from '../tables/checkpoint.ts';
import { Feed } from '../tables/feed.ts';
import { LogAtHand, withLogAtHand } from '../tables/logAtHand.ts';
import { isParked, type Parked, park } from '../tables/parked.ts';
import { inTransaction } from '../tables/transaction.ts';
import { bringBack, type ParkedAt } from './bringBack.ts';
import { foldSome, type Page } from './foldSome.ts';
import { Kept } from './kept.ts';
import { takeIn } from './takeIn.ts';
import type { Deriving, Work } from './work.ts';

export type ProjectionOptions = {
  readonly pool: pg.Pool;
  readonly schema: string;
  readonly rules: Rules;
  readonly log: EventStore;
  readonly clock: Clock;
  /** nobody reads the version yet: its changes are not numbered, and nobody is told of them */
  readonly unread?: boolean;
  /** facts of calls that are kept in memory; default: as many as a projector keeps */
  readonly cachedFacts?: number;
  /** facts of a call that is folded with each of its events; one with more waits to be folded. Default: 200 */
  readonly foldedAtOnce?: number | undefined;
  /** calls that are matched again in one transaction because a number is another's now; default: 200 */
  readonly rematchedAtOnce?: number | undefined;
};

/** The fold of so many takes one or two milliseconds. */
const FOLDED_AT_ONCE = 200;
/** What is live waits for a transaction of so many: some 40 ms. */
const REMATCHED_AT_ONCE = 200;
/**
 * Events of the log that are folded anew for one parked event. On a connection to a PBX all calls since may depend; when
 * there are more, a new version is cheaper than a transaction that lasts as long.
 */
const MAX_FOLDED_ANEW = 100_000;
/** A build has the lowest priority, and nobody waits for its tables. */
const BUILD_IDLE_MS = 30_000;
/** Thrown to roll back what was only tried. */
const UNDONE = new Error('only tried');

/** A group that was folded, and whether it is one that is not folded with each of its events. */
export type FoldedLater = { readonly id: bigint; readonly isDear: boolean };

/** A version's tables, and what is kept in memory of them between two transactions. */
export class Projection {
  readonly #options: ProjectionOptions;
  readonly #deriving: Deriving;
  readonly #kept: Kept;
  #at = NOTHING_PROJECTED;
  #mayRematch = false;

  constructor(options: ProjectionOptions) {
    const { rules, cachedFacts, foldedAtOnce = FOLDED_AT_ONCE, rematchedAtOnce = REMATCHED_AT_ONCE } = options;
    const by = { rules, rulesOf: rulesByPbx(rules), derivation: derivationOf(rules) };
    this.#options = options;
    this.#deriving = { ...by, foldedAtOnce, rematchedAtOnce };
    this.#kept = new Kept(cachedFacts);
  }

  /** Where the tables stand, whoever wrote them. Errors: `LOG_IS_ANOTHER`, `LOG_TOO_SHORT`. */
  async resume(): Promise<bigint> {
    this.#kept.forget();
    const { pool, schema, log } = this.#options;
    const [stored, rematch, fold] = await inTransaction(pool, schema, async (sql) => [
      await readCheckpoint(sql),
      await waitsForRematch(sql),
      await foldsWait(sql),
    ]);
    await refuseAnotherLog(stored, log);
    this.#mayRematch = rematch;
    this.#kept.mayFold = fold;
    this.#at = stored.at;
    if (stored.directoryAt !== stored.at.position) await this.#bringDirectory(stored.directoryAt);
    return this.#at.position;
  }

  /**
   * Projects the events that were not projected yet, all or none. The position where the tables stand now.
   * Errors: one that is never cured when an event (of several: any one) cannot be projected, `FENCED` when another
   * projector was faster, else of the database and the log.
   */
  async apply(events: readonly Incoming[]): Promise<bigint> {
    const fresh = eachOnce(events, this.#at.position);
    return this.#advance(fresh.at(-1)?.position, batchOf(fresh), null);
  }

  /** Calls may wait, to be matched again or to be folded, that were not looked for yet. */
  get mayWait(): boolean {
    return this.#mayRematch || this.#kept.mayFold;
  }

  /**
   * Matches some of the calls again that wait for it, since a number is another's now; false when none did. Where the tables
   * stand stays as it is. Errors: `FENCED` when another projector was faster, else of the database.
   */
  async rematchSome(): Promise<boolean> {
    if (!this.#mayRematch) return false;
    await this.#transact(async ({ sql, feed, deriving }) => {
      this.#mayRematch = await waitsForRematch(sql);
      if (!this.#mayRematch) return this.#at;
      const to = { ...this.#at, retries: this.#at.retries + 1n };
      await moveCheckpoint(sql, this.#at, to);
      await rematchWaiting({ sql, feed, rulesOf: deriving.rulesOf, most: deriving.rematchedAtOnce });
      return to;
    });
    return this.#mayRematch;
  }

  /** Groups that rested are to be looked for again. */
  lookAgain(): void {
    this.#kept.mayFold = true;
  }

  /**
   * Folds a page of the groups that wait for it, which it tells. Where the tables stand stays as it is. Errors: what comes
   * when one of them cannot be folded or written, `FENCED` when another projector was faster, else of the database and the log.
   */
  async foldSome(page: Page): Promise<readonly FoldedLater[]> {
    if (!this.#kept.mayFold) return [];
    let folded: readonly FoldedLater[] = [];
    await this.#transact(async (work) => {
      await moveCheckpoint(work.sql, this.#at, this.#at);
      const groups = await foldSome(work, page);
      folded = groups.map(({ id, size }) => ({ id, isDear: size > this.#deriving.foldedAtOnce }));
      return this.#at;
    });
    return folded;
  }

  /** Whether the event could be projected alone now. Keeps nothing of it. */
  async canApply(event: Incoming): Promise<boolean> {
    try {
      await this.#transact(async (work) => {
        await this.#project(work, event.position, batchOf([event]), null);
        throw UNDONE;
      });
    } catch (error) {
      return error === UNDONE;
    }
    return false;
  }

  /** Passes over an event that cannot be projected. Rows that it belongs to say so. */
  park(parked: Parked & { readonly event: Incoming }): Promise<bigint> {
    return this.#advance(parked.event.position, batchOfParked(parked.event), parked);
  }

  /**
   * Projects a parked event as if it had been projected at its place. One that the log no longer has is forgotten; one that
   * is not parked changes nothing. Other projectors are fenced: what they have in memory is so no more.
   * Errors: whatever comes when it still cannot be projected, or another event of its stream cannot be with it; `CONFLICT`
   * when more depends on it than is folded anew at once; those of the database and the log. The tables are then as they were.
   */
  async unpark(place: ParkedAt): Promise<void> {
    await this.resume();
    let retries: bigint | null = null;
    await this.#transact(async (work) => {
      this.#kept.isAhead = true;
      const at = await holdCheckpoint(work.sql);
      // another projector may move on while the log is read: what has been read holds, unless what was projected is other now
      if (retries !== null && retries !== at.retries) work.log.forget();
      retries = at.retries;
      if (await isParked(work.sql, place.position)) {
        await bringBack({ ...work, isWhole: true }, place, at.position);
      }
      return at;
    }, MAX_FOLDED_ANEW);
  }

  /** A program that does not know the directory has projected what stands behind `after`. */
  async #bringDirectory(after: bigint | null): Promise<void> {
    const told = await toldOfDirectory(this.#options.log, after, this.#at.position);
    await this.#transact(async ({ sql, feed }) => {
      await moveCheckpoint(sql, this.#at, this.#at);
      await takeInDirectory(sql, feed, told, toRfc3339(this.#options.clock.now()));
      return this.#at;
    });
  }

  async #advance(to: bigint | undefined, batch: Batch, parked: Parked | null): Promise<bigint> {
    if (to === undefined) return this.#at.position;
    // what nobody may see any more is not put off
    const isWhole = batch.erasures.length > 0;
    await this.#transact((work) => this.#project({ ...work, isWhole }, to, batch, parked));
    if (batch.customers.length > 0) this.#mayRematch = true;
    return to;
  }

  async #project(work: Work, to: bigint, batch: Batch, parked: Parked | null): Promise<Checkpoint> {
    const retries = this.#at.retries + (batch.erasures.length > 0 ? 1n : 0n);
    await moveCheckpoint(work.sql, this.#at, { position: to, retries });
    if (parked) await park(work.sql, parked, toRfc3339(this.#options.clock.now()));
    await takeIn(work, batch, this.#at.position, parked?.event.stream);
    return { ...this.#at, position: to, retries };
  }

  /** Does the work, which tells where the tables stand then, in a transaction. `mostAtHand`: events of the log. */
  async #transact(work: (work: Work) => Promise<Checkpoint>, mostAtHand?: number): Promise<void> {
    const { pool, schema, unread } = this.#options;
    const [kept, deriving] = [this.#kept, this.#deriving];
    const log = new LogAtHand(this.#options.log, mostAtHand);
    const once = () =>
      inTransaction(
        pool,
        schema,
        async (sql) => {
          const feed = new Feed();
          const at = await work({ sql, log, feed, kept, deriving });
          return unread ? at : { ...at, seq: await feed.write(sql, at.seq) };
        },
        unread ? { maxIdleMs: BUILD_IDLE_MS } : {},
      );
    try {
      this.#at = await withLogAtHand(once, () => kept.isAhead && kept.forget());
      kept.isAhead = false;
      kept.groups.trim();
    } catch (error) {
      kept.forget();
      throw error;
    }
  }
}
