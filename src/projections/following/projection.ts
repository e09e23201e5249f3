import type pg from 'pg';
import { derivationOf } from '../../domain/derivation.ts';
import { streamOf } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { CallGroup } from '../calls/callGroup.ts';
import { withoutErased } from '../calls/erased.ts';
import { countFacts } from '../calls/factCounts.ts';
import { writeGaps } from '../calls/gaps.ts';
import { Groups } from '../calls/groups.ts';
import { clocksComparedIn, type HeardThen, takeInSessions } from '../calls/heardThen.ts';
import { PbxSessions } from '../calls/pbxSessions.ts';
import { foldPbxSessionsAnew } from '../calls/pbxSessionsAnew.ts';
import { type Forgotten, forgetStream } from '../people/forgetStream.ts';
import { toldBeforeThese } from '../people/manualCalls.ts';
import { rematchWaiting, waitsForRematch } from '../people/rematch.ts';
import { type RulesOf, rulesByPbx } from '../people/whose.ts';
import {
  type Batch,
  batchOf,
  batchOfParked,
  type EventPlace,
  eachOnce,
  type Incoming,
  incomingOf,
} from '../tables/batch.ts';
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
import { callOfStream, isParked, type Parked, park, unpark, withoutParked } from '../tables/parked.ts';
import { inTransaction, type Sql } from '../tables/transaction.ts';
import { writeRows } from './writeRows.ts';

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
  /** calls that are matched again in one transaction because a number is another's now; default: 200 */
  readonly rematchedAtOnce?: number;
};

/** What is live waits for a transaction of so many: some 40 ms. */
const REMATCHED_AT_ONCE = 200;
/** Groups that are folded at once where there may be many. */
const PAGE = 500;
/**
 * Events of the log that are folded anew for one parked event. On a connection to a PBX all calls since may depend; when
 * there are more, a new version is cheaper than a transaction that lasts as long.
 */
const MAX_FOLDED_ANEW = 100_000;
/** A build has the lowest priority, and nobody waits for its tables. */
const BUILD_IDLE_MS = 30_000;
/** Thrown to roll back what was only tried. */
const UNDONE = new Error('only tried');

/** One transaction, what is at hand of the log in it, and what readers are told of it. */
type Work = {
  readonly sql: Sql;
  readonly log: LogAtHand;
  readonly feed: Feed;
  /** all calls are matched again in it, also where they are many */
  readonly isWhole?: boolean;
};

/** Groups that must be folded anew, and finished calls that may be: of which another session has shown the end already. */
type Touched = { readonly touched: readonly CallGroup[]; readonly late: readonly HeardThen[] };

type ParkedAt = Pick<EventPlace, 'stream' | 'revision' | 'position'>;

/** A version's tables, and what is kept in memory of them between two transactions. */
export class Projection {
  readonly #options: ProjectionOptions;
  readonly #derivation: string;
  readonly #rulesOf: RulesOf;
  #at = NOTHING_PROJECTED;
  #groups: Groups;
  #sessions = new PbxSessions();
  /** what is in memory has more than what is committed */
  #isAhead = false;
  #mayWait = false;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#derivation = derivationOf(options.rules);
    this.#rulesOf = rulesByPbx(options.rules);
    this.#groups = new Groups(options.cachedFacts);
  }

  /** Where the tables stand, whoever wrote them. Errors: `LOG_IS_ANOTHER`, `LOG_TOO_SHORT`. */
  async resume(): Promise<bigint> {
    this.#forget();
    const { pool, schema, log } = this.#options;
    const [stored, waits] = await inTransaction(pool, schema, async (sql) => [
      await readCheckpoint(sql),
      await waitsForRematch(sql),
    ]);
    await refuseAnotherLog(stored, log);
    this.#mayWait = waits;
    this.#at = stored.at;
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

  /** Calls may wait to be matched again. */
  get mayRematch(): boolean {
    return this.#mayWait;
  }

  /**
   * Matches some of the calls again that wait for it, since a number is another's now; false when none do. Where the tables
   * stand stays as it is. Errors: `FENCED` when another projector was faster, else of the database.
   */
  async rematchSome(): Promise<boolean> {
    if (!this.#mayWait) return false;
    await this.#transact(async (work) => {
      const { sql, feed } = work;
      this.#mayWait = await waitsForRematch(sql);
      if (!this.#mayWait) return this.#at;
      const to = { ...this.#at, retries: this.#at.retries + 1n };
      await moveCheckpoint(sql, this.#at, to);
      await rematchWaiting({ sql, rulesOf: this.#rulesOf, feed, most: this.#rematchedAtOnce(work) });
      return to;
    });
    return this.#mayWait;
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
      this.#isAhead = true;
      const at = await holdCheckpoint(work.sql);
      // another projector may move on while the log is read: what has been read holds, unless what was projected is other now
      if (retries !== null && retries !== at.retries) work.log.forget();
      retries = at.retries;
      if (await isParked(work.sql, place.position)) {
        await this.#bringBack({ ...work, isWhole: true }, place, at.position);
      }
      return at;
    }, MAX_FOLDED_ANEW);
  }

  async #advance(to: bigint | undefined, batch: Batch, parked: Parked | null): Promise<bigint> {
    if (to === undefined) return this.#at.position;
    // what nobody may see any more is not put off
    const isWhole = batch.erasures.length > 0;
    await this.#transact((work) => this.#project({ ...work, isWhole }, to, batch, parked));
    if (batch.customers.length > 0) this.#mayWait = true;
    return to;
  }

  async #project(work: Work, to: bigint, batch: Batch, parked: Parked | null): Promise<Checkpoint> {
    const retries = this.#at.retries + (batch.erasures.length > 0 ? 1n : 0n);
    await moveCheckpoint(work.sql, this.#at, { position: to, retries });
    if (parked) await park(work.sql, parked, toRfc3339(this.#options.clock.now()));
    await this.#take(work, batch, this.#at.position, parked?.event.stream);
    return { ...this.#at, position: to, retries };
  }

  /** Takes in what comes behind `projected`, without what is erased. `spoiledStream` has an event that is parked. */
  async #take(work: Work, batch: Batch, projected: bigint, spoiledStream?: string): Promise<void> {
    await countFacts(work.sql, batch);
    const left = await withoutErased(work.sql, work.log, batch, projected);
    if (left.taken.groups.length > 0) this.#forgetGroups();
    const { touched, late } = await this.#touch(work, left.batch, spoiledStream);
    await this.#write(work, left.batch, touched, left.taken);
    const folded = new Set(touched.map(({ id }) => id));
    for (const compared of clocksComparedIn(left.batch.connections, this.#sessions)) {
      await this.#foldAnew(work, await this.#groups.heardThen(work, compared), folded);
    }
    for (const told of late) await this.#foldAnew(work, await this.#groups.unendedThen(work, told), folded);
  }

  /** Does the work, which tells where the tables stand then, in a transaction. `mostAtHand`: events of the log. */
  async #transact(work: (work: Work) => Promise<Checkpoint>, mostAtHand?: number): Promise<void> {
    const { pool, schema, unread } = this.#options;
    const log = new LogAtHand(this.#options.log, mostAtHand);
    const once = () =>
      inTransaction(
        pool,
        schema,
        async (sql) => {
          const feed = new Feed();
          const at = await work({ sql, log, feed });
          return unread ? at : { ...at, seq: await feed.write(sql, at.seq) };
        },
        unread ? { maxIdleMs: BUILD_IDLE_MS } : {},
      );
    try {
      this.#at = await withLogAtHand(once, () => this.#isAhead && this.#forget());
      this.#isAhead = false;
      this.#groups.trim();
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  async #bringBack(work: Work, place: ParkedAt, upTo: bigint): Promise<void> {
    const { sql, log } = work;
    const { stream, position } = place;
    if (callOfStream(stream)) return this.#bringFactBack(work, place);
    await unpark(sql, position);
    const events = log.stream(stream, upTo);
    if (stream === streamOf.erasures) {
      const order = events.filter((event) => event.position === position);
      return this.#take(work, batchOf(order.map(incomingOf)), upTo);
    }
    const counted = await withoutParked(sql, events);
    if (!stream.startsWith(streamOf.pbx(''))) {
      return this.#write(work, batchOf(counted.map(incomingOf)), [], await forgetStream(sql, stream));
    }
    const pbx = stream.slice(streamOf.pbx('').length);
    await writeGaps(sql, batchOf(counted.map(incomingOf)).gaps);
    const told = { pbx, events: counted, added: position, upTo };
    const session = await foldPbxSessionsAnew(sql, log, this.#sessions, told);
    if (session !== null) await this.#foldFrom(work, pbx, this.#sessions.lastDecidedBefore(pbx, session).session);
  }

  async #bringFactBack(work: Work, { stream, revision, position }: ParkedAt): Promise<void> {
    const { sql, log } = work;
    const brought = batchOf(log.parts([{ stream, first: revision, last: revision }])[0] ?? []);
    await countFacts(sql, brought);
    const { batch } = await withoutErased(sql, log, brought, 0n);
    const { touched } = await this.#touch(work, batch, stream);
    // not before: a group whose facts are read then would have it twice
    await unpark(sql, position);
    await this.#write(work, batch, touched);
    for (const { fact } of batch.facts) {
      if (this.#sessions.endsWith(fact)) await this.#foldFrom(work, fact.pbx, fact.session);
    }
  }

  /** Folds the calls anew that may depend on what is known of a session: those with facts of it or later ones, and open ones. */
  async #foldFrom(work: Work, pbx: string, session: number): Promise<void> {
    const begin = { stream: streamOf.pbx(pbx), first: BigInt(session), last: BigInt(session) };
    const since = work.log.parts([begin])[0]?.[0]?.position ?? 0n;
    await this.#groups.ask(work, { pbx, since });
    for (let after = 0n; ; ) {
      this.#forgetGroups();
      const touched = await this.#groups.since(work, { pbx, since, after }, PAGE);
      const last = touched.at(-1);
      if (!last) return;
      await this.#write(work, batchOf([]), touched);
      after = last.id;
    }
  }

  /** Folds these calls anew, but for those `folded`. */
  async #foldAnew(work: Work, groups: readonly CallGroup[], folded: ReadonlySet<bigint>): Promise<void> {
    const others = groups.filter(({ id }) => !folded.has(id));
    for (let at = 0; at < others.length; at += PAGE) {
      await this.#write(work, batchOf([]), others.slice(at, at + PAGE));
    }
  }

  #write(work: Work, batch: Batch, touched: readonly CallGroup[], forgotten?: Forgotten): Promise<void> {
    const { rules } = this.#options;
    const [groups, sessions, rulesOf, derivation] = [this.#groups, this.#sessions, this.#rulesOf, this.#derivation];
    const rematchedAtOnce = this.#rematchedAtOnce(work);
    const folding = { ...work, rules, rulesOf, derivation, groups, sessions, rematchedAtOnce };
    return writeRows(folding, batch, touched, forgotten);
  }

  #rematchedAtOnce({ isWhole }: Work): number {
    return isWhole ? Number.POSITIVE_INFINITY : (this.#options.rematchedAtOnce ?? REMATCHED_AT_ONCE);
  }

  /** The groups that must be folded anew: facts were added, the connection to their PBX changed, or an event is parked. */
  async #touch(work: Work, batch: Batch, spoiledStream?: string): Promise<Touched> {
    const before = await this.#load(work, batch, spoiledStream);
    this.#isAhead = true;
    const late = await takeInSessions(work.sql, this.#sessions, batch);
    return { touched: this.#groups.add(batch.facts, before), late };
  }

  /**
   * Brings into memory what the batch needs of the log, before anything there is changed: what is would have to be forgotten
   * when the log is asked. The groups that it touches by other things than their facts.
   */
  async #load(work: Work, { facts, connections, manual }: Batch, spoiledStream?: string): Promise<CallGroup[]> {
    const call = spoiledStream === undefined ? null : callOfStream(spoiledStream);
    const open = await this.#groups.open(
      work,
      connections.map(({ id }) => id),
    );
    const spoiled = call ? await this.#groups.ofKey(work, call.pbx, call.key) : [];
    await this.#groups.loadFor(work, facts);
    work.log.parts(toldBeforeThese(manual));
    return [...open, ...spoiled];
  }

  #forget(): void {
    this.#forgetGroups();
    this.#sessions = new PbxSessions();
    this.#isAhead = false;
  }

  #forgetGroups(): void {
    this.#groups = new Groups(this.#options.cachedFacts);
  }
}
