import pg from 'pg';
import { derivationOf } from '../domain/derivation.ts';
import type { Rules } from '../domain/rules.ts';
import { toRfc3339 } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { aliasesOf, writeAliases } from './aliases.ts';
import { annotate } from './annotations.ts';
import { type Batch, batchOf, type Incoming } from './batch.ts';
import type { CallGroup } from './callGroup.ts';
import { type Checkpoint, moveCheckpoint, readCheckpoint } from './checkpoint.ts';
import { writeCurrentCalls } from './currentCalls.ts';
import { evolveCustomers } from './customers.ts';
import { callRow, writeEntries } from './entryRows.ts';
import { Feed } from './feed.ts';
import { foldedCalls } from './foldedCalls.ts';
import { Groups } from './groups.ts';
import { foldAgain, foldManualCalls } from './manualCalls.ts';
import { mergedWith, placeManualCalls } from './manualMerges.ts';
import { callOfStream, type Parked, park, parkedIn, streamsOfKeys } from './parked.ts';
import { rematch } from './rematch.ts';
import { Sessions } from './sessions.ts';
import { inTransaction, type Sql } from './transaction.ts';
import { type RulesOf, rulesByPbx, whose } from './whose.ts';

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

/** A version's tables, and what is kept in memory of them between two transactions. */
export class Projection {
  readonly #options: ProjectionOptions;
  readonly #derivation: string;
  readonly #rulesOf: RulesOf;
  #at: Checkpoint = { position: 0n, seq: 0n };
  #groups: Groups;
  #sessions = new Sessions();

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
    this.#at = await inTransaction(pool, schema, (sql) => readCheckpoint(sql, log));
    return this.#at.position;
  }

  /**
   * Projects the events that were not projected yet, all or none. The position where the tables stand now.
   * Errors: `POISON_EVENT` when an event (of several: any one) cannot be projected, `FENCED` when another projector was
   * faster, else of the database and the log.
   */
  async apply(events: readonly Incoming[]): Promise<bigint> {
    const fresh = events.filter(({ position }) => position > this.#at.position);
    return this.#transact(fresh.at(-1)?.position, batchOf(fresh), null);
  }

  /** Passes over an event that cannot be projected. Rows that it belongs to say so. */
  park(parked: Parked): Promise<bigint> {
    return this.#transact(parked.event.position, batchOf([]), parked);
  }

  async #transact(to: bigint | undefined, batch: Batch, parked: Parked | null): Promise<bigint> {
    const { pool, schema } = this.#options;
    if (to === undefined) return this.#at.position;
    try {
      this.#at = await inTransaction(pool, schema, async (sql) => {
        await moveCheckpoint(sql, this.#at.position, to);
        return { position: to, seq: await this.#write(sql, batch, parked) };
      });
      this.#groups.trim();
      return to;
    } catch (error) {
      this.#forget();
      throw isAboutData(error)
        ? new CommslogError('POISON_EVENT', 'a value cannot be stored', { cause: error })
        : error;
    }
  }

  /** Everything that the batch changes. The number of the last change. */
  async #write(sql: Sql, batch: Batch, parked: Parked | null): Promise<bigint> {
    const { log, rules, clock } = this.#options;
    const feed = new Feed();
    if (parked) await park(sql, parked, toRfc3339(clock.now()));

    const touched = await this.#touch(sql, batch, parked);
    const folded = foldedCalls(touched, {
      sessions: this.#sessions,
      rules,
      hasParked: await this.#hasParked(sql, touched),
    });

    const numberKeys = await evolveCustomers(sql, batch.customers, rules.country);
    const said = await annotate(sql, batch.annotations);
    const folding = { sql, log, derivation: this.#derivation };
    const manual = await foldManualCalls(folding, batch.manual);

    const aliases = aliasesOf(folded);
    const replaced = touched.flatMap(({ id, stored, absorbed }) => (stored ? [id, ...absorbed] : absorbed));
    const asked = [...folded.entries, ...folded.current].map((call) => call.asked);
    const whoseIs = await whose(sql, this.#rulesOf, asked);
    const rows = folded.entries.map((entry) => callRow(entry, whoseIs));
    const takenAway = await writeAliases(sql, aliases, replaced);
    await writeEntries(sql, rows, { replaced, aliases }, feed);
    await writeCurrentCalls(sql, folded.current, whoseIs, replaced, feed);
    await this.#groups.write(sql, touched);

    await foldAgain(folding, manual, [...said.manual, ...(await mergedWith(sql, folded, takenAway))]);
    const joined = await placeManualCalls(sql, this.#rulesOf, manual, feed);
    await rematch(sql, this.#rulesOf, { numberKeys, ids: [...said.ids, ...joined] }, feed);
    return this.#options.unread ? this.#at.seq : feed.write(sql, this.#at.seq);
  }

  /** The groups that must be folded anew: facts were added, the connection to their PBX changed, or an event is missing. */
  async #touch(sql: Sql, { facts, connections }: Batch, parked: Parked | null): Promise<readonly CallGroup[]> {
    const connected = connections.map(({ id }) => id);
    await this.#sessions.load(sql, [...connected, ...facts.map(({ fact }) => fact.pbx)]);
    for (const { id, event } of connections) this.#sessions.evolve(id, event);
    for (const { fact } of facts) this.#sessions.heard(fact);
    await this.#sessions.write(sql);

    const call = parked && callOfStream(parked.event.stream);
    const open = await this.#groups.open(sql, connected);
    const spoiled = call ? await this.#groups.ofKey(sql, call.pbx, call.key) : [];
    return this.#groups.add(sql, facts, [...open, ...spoiled]);
  }

  async #hasParked(sql: Sql, groups: readonly CallGroup[]): Promise<(group: CallGroup) => boolean> {
    const streams = groups.flatMap(({ pbx, keys }) => streamsOfKeys(pbx, keys));
    const parked = streams.length === 0 ? new Map() : await parkedIn(sql, streams);
    return ({ pbx, keys }) => parked.size > 0 && streamsOfKeys(pbx, keys).some((stream) => parked.has(stream));
  }

  #forget(): void {
    this.#groups = new Groups(this.#options.log, this.#options.cachedFacts);
    this.#sessions = new Sessions();
  }
}

/** Of PostgreSQL's errors those that come again with the same values: data exceptions and violated constraints. */
function isAboutData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}
