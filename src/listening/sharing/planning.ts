import type { Logger } from 'pino';
import type { Micros } from '../../domain/time.ts';
import { nameOf } from '../../errorPolicy.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { LeaseState } from '../../ports/lease.ts';
import { createBackoff, pause } from '../../retry.ts';
import type { Heard } from '../heard.ts';
import type { Journal, Kept } from '../journal/journal.ts';
import { cut, type OtherSession } from './cut.ts';
import { endOf, type HeardConnection } from './heardFrames.ts';
import { AROUND_MICROS, SILENT_AFTER_MICROS } from './limits.ts';
import { byThePbx, type LoggedSession, sessionsSince } from './loggedSessions.ts';
import { type Plan, wholly } from './plan.ts';
import type { OwnConnections, Sharing, Turn } from './sharing.ts';
import { StoredFrameReader } from './storedFrames.ts';
import type { Words } from './words.ts';

const LONG_AGO = 0 as Micros;

/** Why what was heard waits: it is not known who has the lease; the holder has not stored so far; another stores. */
export type WaitsFor = 'lease' | 'holder' | 'turn';

type Options = {
  readonly pbx: string;
  readonly sharing: Sharing;
  readonly own: OwnConnections;
  readonly journal: Journal;
  readonly log: EventStore;
  readonly logger: Logger;
  readonly timings: SharingTimings;
};

export type SharingTimings = {
  /** how long an append that was under way when its server lost the lease may take */
  readonly underWayMs: number;
  /** how often it is looked whether what waits for another server can be stored */
  readonly lookAgainMinMs: number;
  readonly lookAgainMaxMs: number;
};

/** Says of each connection in the journal what of it is stored by this server, as soon as that can be told. */
export class Planning {
  readonly #options: Options;
  #waitsFor: WaitsFor | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Null: nothing waits for another. */
  waitsFor(): WaitsFor | null {
    return this.#waitsFor;
  }

  /** The plan for the connection of a record, which is the first of it that is not stored yet; null when `signal` aborts. */
  async planFor(heard: Heard, kept: Kept, signal: AbortSignal): Promise<Plan | null> {
    const { own, sharing, logger, pbx, timings } = this.#options;
    const waits = createBackoff({ minMs: timings.lookAgainMinMs, maxMs: timings.lookAgainMaxMs });
    try {
      while (!signal.aborted) {
        const state = sharing.lease.state();
        if (state === 'held' && own.isUndisputed(heard.connection)) return wholly(sharing.lease);
        const plan = await this.#tryToPlan(state, heard, kept, signal).catch((error: unknown) => {
          logger.warn({ pbx, error: nameOf(error) }, 'cannot see what other servers have stored, trying again');
          return null;
        });
        if (plan !== null) return plan;
        await pause(waits.next(), signal);
      }
      return null;
    } finally {
      this.#waitsFor = null;
    }
  }

  /** Null: it cannot be told yet. Errors: those of the log and of the file system. */
  async #tryToPlan(state: LeaseState, heard: Heard, kept: Kept, signal: AbortSignal): Promise<Plan | null> {
    if (state === 'held') return this.#withTurn((turn) => this.#planToHold(turn, heard, kept, signal));
    this.#waitsFor = 'lease';
    if (state !== 'taken') return null;
    const { own, journal } = this.#options;
    if (own.isCurrent(heard.connection)) return null;
    const endsAt = await endOf(journal, heard.connection, kept.at);
    const looked = await this.#look(heard, kept, signal);
    this.#waitsFor = 'holder';
    if (!this.#hasStoredPast(byThePbx(endsAt, looked.whole.clockOffsetMs))) return null;
    return this.#withTurn((turn) => this.#planToLeave(turn, heard, kept, signal));
  }

  async #withTurn(plan: (turn: Turn) => Promise<Plan | null>): Promise<Plan | null> {
    this.#waitsFor = 'turn';
    const turn = await this.#options.sharing.takeTurn();
    if (turn === null) return null;
    const planned = await plan(turn).catch(async (error: unknown) => {
      await turn.release();
      throw error;
    });
    if (planned?.right !== turn) await turn.release();
    return planned;
  }

  /** This server stores from now on; of others it is over. Who had a turn before has told in the log what it has stored. */
  async #planToHold(_: Turn, heard: Heard, kept: Kept, signal: AbortSignal): Promise<Plan | null> {
    const { sharing, timings } = this.#options;
    let isHeldSince = true;
    const stop = sharing.lease.onChange(() => {
      isHeldSince &&= sharing.lease.state() === 'held';
    });
    try {
      const before = await this.#look(heard, kept, signal);
      const isAlone = before.others.every(({ isOwn }) => isOwn);
      if (!isAlone) await pause(timings.underWayMs, signal);
      const { whole, others, known, begun } = isAlone ? before : await this.#look(heard, kept, signal);
      const stretches = await this.#cut(whole, others, signal);
      if (!isHeldSince || sharing.lease.state() !== 'held') return null;
      return { stretches, known, begun, right: sharing.lease, close: async () => {} };
    } finally {
      stop();
    }
  }

  /** Another server has the lease, and has stored past the end of this connection. */
  async #planToLeave(turn: Turn, heard: Heard, kept: Kept, signal: AbortSignal): Promise<Plan> {
    const { whole, others, known, begun } = await this.#look(heard, kept, signal);
    const stretches = await this.#cut(whole, others, signal);
    return { stretches, known, begun, right: turn, close: () => turn.release() };
  }

  #cut(whole: HeardConnection, others: readonly OtherSession[], signal: AbortSignal) {
    const { journal, log, pbx } = this.#options;
    return cut({ journal, stored: new StoredFrameReader(log, pbx, signal) }, whole, others);
  }

  /** All that the holder has heard until then is in the log. */
  #hasStoredPast(end: Micros): boolean {
    const { lease } = this.#options.sharing;
    const told = lease.told();
    if (told === null || told.storedUntil === null || told.server !== lease.holder()?.id) return false;
    // its session ends the gap
    if (told.connection !== null && told.session === null) return false;
    return byThePbx(told.storedUntil, told.clockOffsetMs) >= end + AROUND_MICROS;
  }

  /** Of the log: behind it stand the last facts of a session, if it was not over long before; null: that is not known. */
  async #lastBehind(
    session: LoggedSession,
    whole: HeardConnection,
    former: Words | null,
    signal: AbortSignal,
  ): Promise<bigint | null | 'long before'> {
    const { end } = session;
    if (end !== null && isLongBefore(session, end.at, whole)) {
      if (!end.isOthersWord) return 'long before';
      // since then its journal may have been stored
      const { log, pbx } = this.#options;
      const last = await new StoredFrameReader(log, pbx, signal).last(session, end.position);
      return last.length === 0 ? 'long before' : end.position;
    }
    const told = former?.connection === session.id ? former : null;
    if (end === null && told?.storedUntil != null && isLongBefore(session, told.storedUntil, whole))
      return 'long before';
    return told?.position == null ? null : BigInt(told.position);
  }

  async #look(heard: Heard, kept: Kept, signal: AbortSignal) {
    const { pbx, log, own, sharing } = this.#options;
    const { connection, kind } = heard;
    signal.throwIfAborted();
    // of one whose beginning is not in the journal any more that is in the log
    const begun = kind === 'connected' ? { at: heard.at, clockOffsetMs: heard.clockOffsetMs } : null;
    const since = begun?.at == null ? LONG_AGO : byThePbx(begun.at, begun.clockOffsetMs);
    const sessions = await sessionsSince(log, pbx, { at: since, id: connection });
    const logged = sessions.find(({ id }) => id === connection);
    // where others have heard its beginning, a later part of it may be in the log, or another connection of this server
    const similar = logged ?? sessions.find(({ server }) => server === sharing.server.id);
    const whole: HeardConnection = {
      connection,
      from: kept.at,
      beginsAt: begun?.at ?? logged?.beginsAt ?? null,
      clockOffsetMs: begun?.clockOffsetMs ?? similar?.clockOffsetMs ?? null,
      isOpen: own.isCurrent(connection),
      logged: logged ?? null,
    };
    const former = sharing.lease.state() === 'held' ? sharing.lease.toldBefore() : null;
    const others: OtherSession[] = [];
    for (const session of sessions) {
      if (session.id === connection) continue;
      if (logged !== undefined && logged.heardBefore === null && session.session < logged.session) continue;
      const lastBehind = await this.#lastBehind(session, whole, former, signal);
      if (lastBehind === 'long before') continue;
      const isOver = sharing.lease.state() === 'held' || sharing.lease.told()?.connection !== session.id;
      others.push({ ...session, isOwn: session.server === sharing.server.id, isOver, lastBehind });
    }
    others.sort((a, b) => byThePbx(a.beginsAt, a.clockOffsetMs) - byThePbx(b.beginsAt, b.clockOffsetMs));
    return { whole, others, known: new Map(sessions.map((session) => [session.id, session])), begun: similar ?? null };
  }
}

/**
 * Nothing that was stored of a session that had heard until `lastAt` can have been said in this connection, by whichever of
 * the comparisons of its clock.
 */
function isLongBefore(
  { clockOffsetMs, laterOffsetMs }: LoggedSession,
  lastAt: Micros,
  whole: HeardConnection,
): boolean {
  if (whole.beginsAt === null) return false;
  const offsets = [clockOffsetMs, laterOffsetMs].filter((offset) => offset !== null);
  const last = byThePbx(lastAt, offsets.length === 0 ? null : Math.max(...offsets));
  return last + SILENT_AFTER_MICROS + AROUND_MICROS < byThePbx(whole.beginsAt, whole.clockOffsetMs);
}
