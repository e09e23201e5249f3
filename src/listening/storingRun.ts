import { abortingWith, unlessAborted } from '../aborting.ts';
import { LEFT_BECAUSE } from '../domain/connectionEvents.ts';
import type { Micros } from '../domain/time.ts';
import { nameOf } from '../errorPolicy.ts';
import { UNDISPUTED } from '../ports/lease.ts';
import { createBackoff, pause } from '../retry.ts';
import { type Heard, type HeardFacts, readHeard } from './heard.ts';
import type { Kept } from './journal/journal.ts';
import { pbxFactOf } from './pbxFact.ts';
import { Releases } from './releases.ts';
import { SessionLog } from './sessionLog.ts';
import { ConnectionInLog } from './sharing/connectionInLog.ts';
import { formerSession } from './sharing/formerSession.ts';
import { type Plan, wholly } from './sharing/plan.ts';
import type { Planning } from './sharing/planning.ts';
import type { Stretch } from './sharing/stretch.ts';
import type { StoringOptions, StoringTally } from './storingOptions.ts';
import { type Settled, StreamWriter, type Waiting } from './streamWriter.ts';

const ASK_AGAIN = { minMs: 200, maxMs: 5_000 };

type Current = { readonly connection: string; readonly inLog: ConnectionInLog; readonly plan: Plan };

/** Stores for as long as the right to store stays with whom it is. */
export class StoringRun {
  readonly #options: StoringOptions;
  readonly #planning: Planning | null;
  readonly #tally: StoringTally;
  readonly #held: () => Promise<void> | null;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #writer: StreamWriter;
  readonly #sessionLog: SessionLog;
  readonly #releases: Releases;
  #unwatchRight: () => void = () => {};
  #current: Current | null = null;
  #isLooking = false;
  /** when the record was received that is being looked at */
  #lookingAt: Micros | null = null;
  /** of `memory` */
  #frames = 0;
  #bytes = 0;

  /** `held`: what is to be waited for before more is stored; null: nothing. */
  constructor(
    options: StoringOptions,
    planning: Planning | null,
    tally: StoringTally,
    held: () => Promise<void> | null,
  ) {
    this.#options = options;
    this.#planning = planning;
    this.#tally = tally;
    this.#held = held;
    this.#signal = abortingWith(options.signal, this.#over.signal).signal;
    const may = () => this.#may();
    this.#writer = new StreamWriter(options.appender, may, this.#signal, (...settled) => this.#settled(...settled));
    this.#sessionLog = new SessionLog(options.appender, {
      ...options,
      server: options.sharing?.server ?? null,
      may,
    });
    this.#releases = new Releases(options.journal);
    tally.oldestAt = () => this.#releases.oldestAt() ?? this.#lookingAt;
  }

  /** Something of what was read from the journal is not settled. */
  isBusy(): boolean {
    return !this.#signal.aborted && (this.#isLooking || !this.#writer.isIdle());
  }

  /** False: the right to store has changed hands, and what is not released is to be looked at anew. */
  async toTheEnd(): Promise<boolean> {
    const { journal, memory, sharing, clock } = this.#options;
    const unwatch = sharing?.lease.onChange(() => this.#look());
    try {
      await this.#endFormer();
      for await (const kept of journal.read(this.#signal)) {
        const heard = readHeard(kept.record);
        const at = heard.at ?? clock.now();
        this.#lookingAt = at;
        const held = this.#held();
        if (held !== null) await unlessAborted(held, this.#signal);
        if (this.#signal.aborted) break;
        this.#isLooking = true;
        this.#tally.missing.look(heard, kept.number);
        await this.#store(heard, kept, at);
        if (this.#signal.aborted) break;
        this.#isLooking = false;
        this.#lookingAt = null;
        await memory.room(this.#signal);
      }
      if (!this.#signal.aborted) await this.#writer.idle();
      return !this.#over.signal.aborted;
    } finally {
      this.#over.abort();
      unwatch?.();
      await this.#close();
      memory.release(this.#frames, this.#bytes);
    }
  }

  /** Whether the right is held by which it is stored; else this run is over. */
  #may(): boolean {
    const right = this.#current?.plan.right ?? this.#options.sharing?.lease ?? UNDISPUTED;
    if (right.state() !== 'held') this.#over.abort();
    return !this.#over.signal.aborted;
  }

  /** A right has changed hands: what is not begun yet is to be planned anew. */
  #look(): void {
    if (this.#current === null) this.#over.abort();
    else this.#may();
  }

  async #store(heard: Heard, kept: Kept, at: Micros): Promise<void> {
    // a connection's facts come before the next one begins, and before its end: whoever reads that has read all
    if (heard.kind === 'connected' || heard.kind === 'listed' || heard.kind === 'disconnected') await this.#idle();
    const inLog = await this.#connectionOf(heard, kept);
    // the program stops, or another stores: it is kept
    if (inLog === null || this.#signal.aborted) return;
    if (heard.kind === 'facts') return this.#storeFacts(inLog, heard, kept, at);
    if (heard.kind === 'connected') inLog.begins(heard);
    const stretch = heard.kind === 'disconnected' ? inLog.lastStretch() : inLog.stretchNow();
    if (stretch !== null && !(await this.#enter(inLog, stretch, timeOf(heard)))) return;
    await this.#tell(inLog, heard, stretch !== null);
    if (this.#signal.aborted) return;
    this.#releases.open(kept, at, 0);
    // others wait for the turn
    if (heard.kind === 'disconnected') await this.#close();
  }

  async #connectionOf(heard: Heard, kept: Kept): Promise<ConnectionInLog | null> {
    const { connection } = heard;
    if (connection === this.#current?.connection) return this.#current.inLog;
    await this.#idle();
    await this.#close();
    const planning = this.#planning;
    const plan = planning === null ? wholly(UNDISPUTED) : await planning.planFor(heard, kept, this.#signal);
    if (plan === null) return null;
    const inLog = new ConnectionInLog(this.#sessionLog, connection, plan);
    this.#current = { connection, inLog, plan };
    this.#unwatchRight = plan.right.onChange(() => this.#look());
    return inLog;
  }

  async #close(): Promise<void> {
    this.#unwatchRight();
    const { plan } = this.#current ?? {};
    this.#current = null;
    await plan?.close();
  }

  /** False: the program stops, or another stores. */
  async #enter(inLog: ConnectionInLog, stretch: Stretch, at: Micros | null): Promise<boolean> {
    if (inLog.isIn(stretch)) return true;
    await this.#idle();
    if (this.#signal.aborted) return false;
    // an earlier process may have stored of this session what it could not release
    this.#writer.forgetEnds();
    const opened = await inLog.enter(stretch, at);
    if (opened === null) return false;
    this.#tally.session = { session: opened.session, connection: opened.id };
    this.#tally.trail.begin(opened.session, opened.position);
    return true;
  }

  async #tell(inLog: ConnectionInLog, heard: Exclude<Heard, HeardFacts>, isTold: boolean): Promise<void> {
    const opened = inLog.opened();
    if (heard.kind === 'disconnected') {
      await inLog.ends(heard);
      if (!this.#signal.aborted) this.#tally.session = null;
    } else if (isTold && opened !== null) {
      if (heard.kind === 'clock') await this.#sessionLog.clockCompared(opened, heard);
      if (heard.kind === 'listed') await this.#sessionLog.channelsListed(opened, heard);
      if (heard.kind === 'restarted') await this.#sessionLog.restarted(opened, heard);
    }
  }

  async #storeFacts(inLog: ConnectionInLog, heard: HeardFacts, kept: Kept, receivedAt: Micros): Promise<void> {
    const groups = inLog.groupsOf(heard.facts);
    const wanted = groups.filter(({ stretch }) => stretch !== null).reduce((sum, { facts }) => sum + facts.length, 0);
    const settled = this.#releases.open(kept, receivedAt, wanted);
    const bytes = Math.ceil((kept.end.offset - kept.at.offset) / heard.facts.length);
    for (const group of groups) {
      if (group.stretch === null) this.#tally.setAside += group.facts.length;
      else if (await this.#enter(inLog, group.stretch, receivedAt))
        this.#add(inLog, group.facts, heard, { bytes, settled });
      else return;
      inLog.passed(group, heard.at);
    }
  }

  #add(
    inLog: ConnectionInLog,
    facts: HeardFacts['facts'],
    { at, saidAfter }: HeardFacts,
    { bytes, settled }: Pick<Waiting, 'bytes' | 'settled'>,
  ): void {
    const { pbx, app, clock, memory } = this.#options;
    const opened = inLog.opened();
    if (opened === null) return;
    const { session, heardBefore, position: behind } = opened;
    for (const fact of facts) {
      const told = { pbx, session, heardBefore, app, receivedAt: at, saidAfter, now: clock.now() };
      const { stream, ...event } = pbxFactOf(fact, told);
      memory.hold(1, bytes);
      this.#frames += 1;
      this.#bytes += bytes;
      this.#writer.add(stream, { event, bytes, behind, settled });
    }
  }

  #settled(stream: string, settled: readonly Waiting[], outcome: Settled): void {
    // what comes through later is found in the log
    if (this.#over.signal.aborted) return;
    if ('refusal' in outcome) this.#tally.refused.setAside(stream, settled, outcome.refusal);
    else {
      this.#tally.stored += settled.length;
      this.#tally.trail.stored(settled.length, outcome.position);
    }
    for (const one of settled) {
      this.#options.memory.release(1, one.bytes);
      this.#frames -= 1;
      this.#bytes -= one.bytes;
      one.settled();
    }
  }

  /** Says of the session of who had the lease before that it is over, if that has gone without a word. */
  async #endFormer(): Promise<void> {
    const { pbx, log, sharing, own, clock, logger } = this.#options;
    const words = sharing?.lease.state() === 'held' ? sharing.lease.toldBefore() : null;
    if (words === null || words.server === sharing?.server.id || own.wasHandedOver()) return;
    const waits = createBackoff(ASK_AGAIN);
    while (!this.#signal.aborted) {
      try {
        const former = await formerSession(log, pbx, words);
        if (former === null) return;
        const { connection, lastHeardAt } = former;
        const end = { connection, at: clock.now(), lastHeardAt, reason: LEFT_BECAUSE.takenOver, pbxWentDown: false };
        return await this.#sessionLog.disconnected(former, end);
      } catch (error) {
        logger.warn({ pbx, error: nameOf(error) }, 'cannot see what the server before has stored last, trying again');
        await pause(waits.next(), this.#signal);
      }
    }
  }

  /** Resolves also when this run is over. */
  async #idle(): Promise<void> {
    await unlessAborted(this.#writer.idle(), this.#signal);
  }
}

/** When the connection was heard of that a record tells about; of its end, when it was heard last. */
function timeOf(heard: Heard): Micros | null {
  return heard.kind === 'disconnected' ? heard.lastHeardAt : heard.at;
}
