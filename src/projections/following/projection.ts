import type pg from 'pg';
import { derivationOf } from '../../domain/derivation.ts';
import { streamOf } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import { toRfc3339 } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EventStore, readEvents } from '../../ports/eventStore.ts';
import type { CallGroup } from '../calls/callGroup.ts';
import { withoutErased } from '../calls/erased.ts';
import { writeGapFillings } from '../calls/gapFillings.ts';
import { Groups } from '../calls/groups.ts';
import { type ClockCompared, clocksComparedIn, PbxSessions } from '../calls/pbxSessions.ts';
import { foldPbxSessionsAnew } from '../calls/pbxSessionsAnew.ts';
import { type Forgotten, forgetStream } from '../people/forgetStream.ts';
import { type RulesOf, rulesByPbx } from '../people/whose.ts';
import { type Batch, batchOf, type EventPlace, type Incoming, incomingOf } from '../tables/batch.ts';
import {
  type Checkpoint,
  holdCheckpoint,
  moveCheckpoint,
  NOTHING_PROJECTED,
  readCheckpoint,
  refuseAnotherLog,
} from '../tables/checkpoint.ts';
import { Feed } from '../tables/feed.ts';
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
};

/** Groups that are folded at once where there may be many. */
const PAGE = 500;
/** Thrown to roll back what was only tried. */
const UNDONE = new Error('only tried');

type ParkedAt = Pick<EventPlace, 'stream' | 'revision' | 'position'>;

/** A version's tables, and what is kept in memory of them between two transactions. */
export class Projection {
  readonly #options: ProjectionOptions;
  readonly #derivation: string;
  readonly #rulesOf: RulesOf;
  #at = NOTHING_PROJECTED;
  #groups: Groups;
  #sessions = new PbxSessions();

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#derivation = derivationOf(options.rules);
    this.#rulesOf = rulesByPbx(options.rules);
    this.#groups = new Groups(options.log, options.cachedFacts);
  }

  /** Where the tables stand, whoever wrote them. Errors: `LOG_IS_ANOTHER`, `LOG_TOO_SHORT`. */
  async resume(): Promise<bigint> {
    this.#forget();
    const { pool, schema, log } = this.#options;
    const stored = await inTransaction(pool, schema, readCheckpoint);
    await refuseAnotherLog(stored, log);
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

  /** Whether the event could be projected alone now. Keeps nothing of it. */
  async canApply(event: Incoming): Promise<boolean> {
    try {
      await this.#transact(async (sql) => {
        await this.#project(sql, event.position, batchOf([event]), null);
        throw UNDONE;
      });
    } catch (error) {
      return error === UNDONE;
    }
    return false;
  }

  /** Passes over an event that cannot be projected. Rows that it belongs to say so. */
  park(parked: Parked): Promise<bigint> {
    return this.#advance(parked.event.position, batchOf([]), parked);
  }

  /**
   * Projects a parked event as if it had been projected at its place. One that the log no longer has is forgotten; one that
   * is not parked changes nothing. Other projectors are fenced: what they have in memory is so no more.
   * Errors: whatever comes when it still cannot be projected, or another event of its stream cannot be with it; those of
   * the database and the log. The tables are then as they were.
   */
  async unpark(place: ParkedAt): Promise<void> {
    await this.resume();
    await this.#transact(async (sql) => {
      const at = await holdCheckpoint(sql);
      const feed = new Feed();
      if (await isParked(sql, place.position)) await this.#bringBack(sql, place, at.position, feed);
      return { ...at, seq: await this.#number(sql, feed, at.seq) };
    });
  }

  async #advance(to: bigint | undefined, batch: Batch, parked: Parked | null): Promise<bigint> {
    if (to === undefined) return this.#at.position;
    await this.#transact((sql) => this.#project(sql, to, batch, parked));
    return to;
  }

  async #project(sql: Sql, to: bigint, batch: Batch, parked: Parked | null): Promise<Checkpoint> {
    await moveCheckpoint(sql, this.#at, to);
    if (parked) await park(sql, parked, toRfc3339(this.#options.clock.now()));
    const feed = new Feed();
    await this.#take(sql, batch, feed, this.#at.position, parked?.event.stream);
    return { ...this.#at, position: to, seq: await this.#number(sql, feed, this.#at.seq) };
  }

  /** Takes in what comes behind `projected`, without what is erased. `spoiledStream` has an event that is parked. */
  async #take(sql: Sql, batch: Batch, feed: Feed, projected: bigint, spoiledStream?: string): Promise<void> {
    const left = await withoutErased(sql, this.#options.log, batch, projected);
    if (left.taken.groups.length > 0) this.#forgetGroups();
    const touched = await this.#touch(sql, left.batch, spoiledStream);
    await this.#write(sql, left.batch, touched, feed, left.taken);
    const folded = new Set(touched.map(({ id }) => id));
    for (const compared of clocksComparedIn(left.batch.connections)) {
      await this.#foldHeardSince(sql, compared, folded, feed);
    }
  }

  /** Runs `work`, which tells where the tables stand then. */
  async #transact(work: (sql: Sql) => Promise<Checkpoint>): Promise<void> {
    const { pool, schema } = this.#options;
    try {
      this.#at = await inTransaction(pool, schema, work);
      this.#groups.trim();
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** The number of the last change. */
  async #number(sql: Sql, feed: Feed, last: bigint): Promise<bigint> {
    return this.#options.unread ? last : feed.write(sql, last);
  }

  async #bringBack(sql: Sql, place: ParkedAt, upTo: bigint, feed: Feed): Promise<void> {
    const { log } = this.#options;
    const { stream, position } = place;
    if (callOfStream(stream)) return this.#bringFactBack(sql, place, feed);
    await unpark(sql, position);
    const events = (await readEvents(log, stream)).filter((event) => event.position <= upTo);
    if (stream === streamOf.erasures) {
      const order = events.filter((event) => event.position === position);
      return this.#take(sql, batchOf(order.map(incomingOf)), feed, upTo);
    }
    const counted = await withoutParked(sql, events);
    if (!stream.startsWith(streamOf.pbx(''))) {
      return this.#write(sql, batchOf(counted.map(incomingOf)), [], feed, await forgetStream(sql, stream));
    }
    const pbx = stream.slice(streamOf.pbx('').length);
    await writeGapFillings(sql, batchOf(counted.map(incomingOf)).gaps);
    const told = { pbx, events: counted, added: position, upTo };
    const session = await foldPbxSessionsAnew(sql, log, this.#sessions, told);
    if (session !== null) await this.#foldFrom(sql, pbx, this.#sessions.lastDecidedBefore(pbx, session), feed);
  }

  async #bringFactBack(sql: Sql, { stream, revision, position }: ParkedAt, feed: Feed): Promise<void> {
    const events = await readEvents(this.#options.log, stream, { from: revision, limit: 1 });
    const { batch } = await withoutErased(sql, this.#options.log, batchOf(events.map(incomingOf)), 0n);
    const touched = await this.#touch(sql, batch, stream);
    // not before: a group whose facts are read then would have it twice
    await unpark(sql, position);
    await this.#write(sql, batch, touched, feed);
    for (const { fact } of batch.facts) {
      if (this.#sessions.endsWith(fact)) await this.#foldFrom(sql, fact.pbx, fact.session, feed);
    }
  }

  /** Folds the calls anew that may depend on what is known of a session: those with facts of it or later ones, and open ones. */
  async #foldFrom(sql: Sql, pbx: string, session: number, feed: Feed): Promise<void> {
    const begin = { from: BigInt(session), limit: 1 };
    const since = (await readEvents(this.#options.log, streamOf.pbx(pbx), begin))[0]?.position ?? 0n;
    for (let after = 0n; ; ) {
      this.#forgetGroups();
      const touched = await this.#groups.since(sql, { pbx, since, after }, PAGE);
      const last = touched.at(-1);
      if (!last) return;
      await this.#write(sql, batchOf([]), touched, feed);
      after = last.id;
    }
  }

  /** Folds the calls anew, but for those `folded`, whose times a comparison of the clocks puts right: all read since then. */
  async #foldHeardSince(sql: Sql, compared: ClockCompared, folded: ReadonlySet<bigint>, feed: Feed): Promise<void> {
    for (let after = 0n; ; ) {
      const heard = await this.#groups.heardSince(sql, { ...compared, after }, PAGE);
      const last = heard.at(-1);
      if (!last) return;
      const others = heard.filter(({ id }) => !folded.has(id));
      if (others.length > 0) await this.#write(sql, batchOf([]), others, feed);
      after = last.id;
    }
  }

  #write(sql: Sql, batch: Batch, touched: readonly CallGroup[], feed: Feed, forgotten?: Forgotten): Promise<void> {
    const { log, rules } = this.#options;
    const [groups, sessions] = [this.#groups, this.#sessions];
    const rulesOf = this.#rulesOf;
    const derivation = this.#derivation;
    return writeRows({ sql, log, rules, rulesOf, derivation, groups, sessions, feed }, batch, touched, forgotten);
  }

  /** The groups that must be folded anew: facts were added, the connection to their PBX changed, or an event is parked. */
  async #touch(sql: Sql, { facts, connections }: Batch, spoiledStream?: string): Promise<readonly CallGroup[]> {
    const connected = connections.map(({ id }) => id);
    await this.#sessions.load(sql, [...connected, ...facts.map(({ fact }) => fact.pbx)]);
    for (const { id, event } of connections) this.#sessions.evolve(id, event);
    for (const { fact } of facts) this.#sessions.heard(fact);
    await this.#sessions.write(sql);

    const call = spoiledStream === undefined ? null : callOfStream(spoiledStream);
    const open = await this.#groups.open(sql, connected);
    const spoiled = call ? await this.#groups.ofKey(sql, call.pbx, call.key) : [];
    return this.#groups.add(sql, facts, [...open, ...spoiled]);
  }

  #forget(): void {
    this.#forgetGroups();
    this.#sessions = new PbxSessions();
  }

  #forgetGroups(): void {
    this.#groups = new Groups(this.#options.log, this.#options.cachedFacts);
  }
}

/** Those behind `projected`, in order: a log may deliver again what stands before, in one batch with what is new. */
function eachOnce(events: readonly Incoming[], projected: bigint): readonly Incoming[] {
  let last = projected;
  return events.filter(({ position }) => {
    if (position <= last) return false;
    last = position;
    return true;
  });
}
