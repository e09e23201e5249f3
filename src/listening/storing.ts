import type { Logger } from 'pino';
import type { Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { type Lease, whenHeld } from '../ports/lease.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import { type Heard, type HeardFacts, readHeard } from './heard.ts';
import type { Journal, Kept } from './journal/journal.ts';
import type { LogAppender } from './logAppender.ts';
import type { MemoryShare } from './memoryBudget.ts';
import { MissingFacts } from './missingFacts.ts';
import { pbxFactOf } from './pbxFact.ts';
import { Releases } from './releases.ts';
import { SessionLog } from './sessionLog.ts';
import { StoredElsewhere } from './storedElsewhere.ts';
import { StreamWriter, type Waiting } from './streamWriter.ts';

type Options = {
  readonly pbx: string;
  readonly app: string;
  readonly journal: Journal;
  readonly log: EventStore;
  readonly appender: LogAppender;
  readonly right: Lease;
  readonly memory: MemoryShare;
  readonly clock: Clock;
  readonly logger: Logger;
  /** null: what the log refuses is dropped */
  readonly refusedFacts: RefusedFacts | null;
  /** after it has aborted nothing more is stored */
  readonly signal: AbortSignal;
};

/** Journal → log, connection by connection. What is stored is released. */
export class Storing {
  /** what another process may have stored of this PBX, too */
  readonly elsewhere: StoredElsewhere;
  readonly #options: Options;
  readonly #writer: StreamWriter;
  readonly #sessionLog: SessionLog;
  readonly #releases: Releases;
  readonly #refused = new Map<string, number>();
  readonly #missing = new MissingFacts();
  #current: { readonly connection: string; readonly session: number } | null = null;
  #stored = 0;
  /** when the record was received that is being looked at */
  #lookingAt: Micros | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#writer = new StreamWriter(options.appender, options.signal, (...settled) => this.#settled(...settled));
    this.#sessionLog = new SessionLog(options.appender, options);
    this.elsewhere = new StoredElsewhere(this.#sessionLog, options);
    this.#releases = new Releases(options.journal);
  }

  /** Facts stored since the start. */
  stored(): number {
    return this.#stored;
  }

  /** Facts that were heard and are gone: the journal was damaged. */
  missingFacts(): number {
    return this.#missing.count();
  }

  /** When the oldest was received of what is not in the log yet; null: nothing waits. */
  oldestAt(): Micros | null {
    return this.#releases.oldestAt() ?? this.#lookingAt;
  }

  /** Facts that the log refused, by its code, and those that another process has stored. */
  counts(): Iterable<readonly [string, number]> {
    const found = this.elsewhere.found();
    return [...this.#refused, ...(found > 0 ? ([['stored by another serve', found]] as const) : [])];
  }

  /** Stores what the journal holds and what comes, until the journal has ended, or `signal` aborts. */
  async run(): Promise<void> {
    const { clock, journal, memory, right, signal } = this.#options;
    for await (const kept of journal.read(signal)) {
      const heard = readHeard(kept.record);
      const at = heard.at ?? clock.now();
      this.#lookingAt = at;
      this.#missing.look(heard);
      while (this.elsewhere.isInDoubt() && !signal.aborted) {
        await whenHeld(right, signal);
        await this.elsewhere.compare();
      }
      await this.#store(heard, kept, at);
      this.#lookingAt = null;
      await memory.room(signal);
    }
    await this.#writer.idle();
  }

  async #store(heard: Heard, kept: Kept, at: Micros): Promise<void> {
    // a connection's facts come before the next one begins, and before its end: whoever reads that has read all
    if (heard.kind === 'connected' || heard.kind === 'listed' || heard.kind === 'disconnected')
      await this.#writer.idle();
    const session = await this.#sessionOf(heard);
    // the program stops: it is kept for the next start
    if (session === null) return;
    switch (heard.kind) {
      case 'facts':
        this.#storeFacts(session, heard, kept, at);
        return;
      case 'clock':
        await this.#sessionLog.clockCompared(session, heard);
        break;
      case 'listed':
        await this.#sessionLog.channelsListed(session, heard);
        break;
      case 'restarted':
        await this.#sessionLog.restarted(session, heard);
        break;
      case 'disconnected':
        await this.#sessionLog.disconnected(session, heard);
        break;
      case 'connected':
    }
    if (!this.#options.signal.aborted) this.#releases.open(kept, at, 0);
  }

  async #sessionOf(heard: Heard): Promise<number | null> {
    const { connection } = heard;
    if (connection !== this.#current?.connection) {
      // where it is no beginning, that was released by an earlier process
      const at = heard.kind === 'disconnected' ? heard.lastHeardAt : heard.at;
      const begun = heard.kind === 'connected' ? heard : { connection, at, amiVersion: null, clockOffsetMs: null };
      const session = await this.#sessionLog.connected(begun);
      this.#current = session === null ? null : { connection, session };
    }
    return this.#current?.session ?? null;
  }

  #storeFacts(session: number, { at, saidAfter, facts }: HeardFacts, kept: Kept, receivedAt: Micros): void {
    const { pbx, app, clock, memory } = this.#options;
    const wanted = facts.filter(({ fields }) => !this.elsewhere.take(fields, receivedAt));
    const settled = this.#releases.open(kept, receivedAt, wanted.length);
    const bytes = Math.ceil((kept.end.offset - kept.at.offset) / facts.length);
    for (const fact of wanted) {
      const { stream, ...event } = pbxFactOf(fact, { pbx, session, app, receivedAt: at, saidAfter, now: clock.now() });
      memory.hold(1, bytes);
      this.#writer.add(stream, { event, bytes, settled });
    }
  }

  #settled(stream: string, settled: readonly Waiting[], refusal: string | null): void {
    if (refusal === null) this.#stored += settled.length;
    else this.#setAside(stream, settled, refusal);
    for (const one of settled) {
      this.#options.memory.release(1, one.bytes);
      one.settled();
    }
  }

  /** What was erased is not kept anywhere: it is of a person who wants it gone. */
  #setAside(stream: string, refused: readonly Waiting[], code: string): void {
    if (code === 'STREAM_DELETED') {
      this.#count(code, refused.length, 'the PBX still speaks of a call that was erased: such facts are dropped');
      return;
    }
    const { refusedFacts } = this.#options;
    const lost = refused.filter(({ event }) => !refusedFacts?.keep({ stream, event, code })).length;
    this.#count(code, refused.length, 'the log refuses a fact of the PBX: such facts are set aside');
    if (lost > 0) this.#count('refused and lost', lost, 'facts that the log refuses cannot be kept: they are lost');
  }

  /** Says so at the first of its kind. */
  #count(code: string, facts: number, words: string): void {
    const before = this.#refused.get(code) ?? 0;
    this.#refused.set(code, before + facts);
    if (before === 0) this.#options.logger.warn({ pbx: this.#options.pbx, code }, words);
  }
}
