import type { Micros } from '../../domain/time.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalPosition } from '../journal/segments.ts';
import { type Boundary, beginIn, endIn } from './boundary.ts';
import type { SaidFrame } from './frames.ts';
import { type HeardConnection, heardFrames, type KeptFrame } from './heardFrames.ts';
import { MAX_SESSIONS_WITHIN } from './limits.ts';
import { byThePbx, type LoggedSession } from './loggedSessions.ts';
import { framesNear, type NearFrames } from './nearFrames.ts';
import type { StoredFrameReader } from './storedFrames.ts';
import { idOfStretch, type Stretch } from './stretch.ts';

/** Another session that may have heard what a connection has heard, too. */
export type OtherSession = LoggedSession & {
  /** this server has heard it: a part of the connection, or another of its connections, of which it has one at a time */
  readonly isOwn: boolean;
  /** nothing is stored of it any more; else it is stored past the end of the connection */
  readonly isOver: boolean;
  /** of the log: behind it stand its last facts; null: not known */
  readonly lastBehind: bigint | null;
};

type Deps = {
  readonly journal: Pick<Journal, 'peek'>;
  readonly stored: Pick<StoredFrameReader, 'first' | 'last'>;
};

/**
 * What of a connection no other session has in the log, in order; `others` in the order in which they began. Where another
 * begins or ends within it is found by the frames themselves: all who listen are told the same in the same order. What lies
 * around a boundary that cannot be found so is left out. Errors: those of the log and of the file system.
 */
export async function cut(
  deps: Deps,
  whole: HeardConnection,
  others: readonly OtherSession[],
): Promise<readonly Stretch[]> {
  return new Cutting(deps, whole, others).run();
}

/** `origin`: of the session of what follows. */
type Place = {
  readonly origin: number;
  readonly seq: number;
  readonly at: JournalPosition;
  readonly beginsAt: Micros | null;
};

class Cutting {
  readonly #deps: Deps;
  readonly #whole: HeardConnection;
  readonly #others: readonly OtherSession[];
  readonly #stretches: Stretch[] = [];
  /** where the stretch begins that is looked at, and where its first frame stands */
  #from: Place;
  /** the first other session whose first frame was said after all that was heard here */
  #after: LoggedSession | null = null;
  /** the last fact of the connection that is in the log under its own session */
  #lastStored: number | null = null;

  constructor(deps: Deps, whole: HeardConnection, others: readonly OtherSession[]) {
    this.#deps = deps;
    this.#whole = whole;
    this.#others = others;
    this.#from = { origin: 0, seq: 0, at: whole.from, beginsAt: null };
  }

  async run(): Promise<readonly Stretch[]> {
    for (const [index, other] of this.#others.entries()) {
      if (index < MAX_SESSIONS_WITHIN && (await this.#passes(other))) continue;
      if (!this.#whole.isOpen) return this.#stretches;
      await this.#goToNow();
      break;
    }
    this.#add({ at: null, isProved: true, isShared: false }, this.#after ?? this.#nextOf());
    return this.#stretches;
  }

  /** False: what follows is another's to the end. */
  async #passes(other: OtherSession): Promise<boolean> {
    const [first] = (await this.#deps.stored.first(other, 1, null))[0] ?? [];
    if (first !== undefined && other.id === idOfStretch(this.#whole.connection, first.seq)) {
      this.#from = { ...this.#from, origin: first.seq, seq: first.seq, beginsAt: other.beginsAt };
      return true;
    }
    if (other.isOwn) return true;
    if (first === undefined) return !(await this.#isSilent()) || !this.#isSilentWithin(other);
    if (await this.#isSilent()) return !this.#isSilentWithin(other);
    const begin = await this.#find(first, async (around) => {
      if (around.isTooMany) return beginIn(around, []);
      const ours = [...around.near, ...around.after];
      const isWithin = around.before.length === 0 && around.near.length === 0;
      const until = isWithin ? first.to : (ours.at(-1)?.to ?? null);
      return beginIn(around, await this.#deps.stored.first(other, ours.length, until));
    });
    if (begin.at === null) return this.#isApart(other, first);
    const before = this.#from;
    this.#from = { ...before, seq: begin.at.seq, at: begin.at.at };
    const isHeardBehind = other.isOver && (await this.#goBehind(other));
    const behind = this.#from;
    this.#from = before;
    // it was over before what is looked at
    if (isHeardBehind && behind.seq === begin.at.seq) return true;
    this.#add(begin, other);
    this.#from = behind;
    return isHeardBehind;
  }

  /** They have nothing in common: which came first, only the clocks tell. */
  async #isApart(other: LoggedSession, first: SaidFrame): Promise<true> {
    const last = await this.#last();
    if ((last?.from ?? 0) <= (first.from ?? 0)) this.#after ??= other;
    return true;
  }

  /**
   * Looks around `moment` first, where what repeats cannot mislead. A clock that was set meanwhile leads elsewhere: where
   * nothing there is in both, all that is heard here is looked at.
   */
  async #find(moment: SaidFrame, find: (around: NearFrames) => Promise<Boundary> | Boundary): Promise<Boundary> {
    const byClocks = await find(await framesNear(this.#frames(), moment));
    if (byClocks.isShared) return byClocks;
    const byFrames = await find(await framesNear(this.#frames(), { ...moment, from: null, to: null }));
    return byFrames.isShared ? byFrames : byClocks;
  }

  /** To where another has ended. False: nothing is heard behind it. */
  async #goBehind(other: OtherSession): Promise<boolean> {
    const near = other.lastBehind === null ? null : await this.#endOf(other, other.lastBehind);
    const end = near?.isProved ? near : await this.#endOf(other, other.position);
    if (end.at !== null) await this.#goTo(end.at);
    else if (this.#whole.isOpen) await this.#goToNow();
    else return false;
    return true;
  }

  /** What is heard from now on has to go somewhere. */
  async #goToNow(): Promise<void> {
    const last = await this.#last();
    if (last !== null) await this.#goTo({ ...last, seq: last.seq + 1 });
  }

  async #last(): Promise<KeptFrame | null> {
    let last: KeptFrame | null = null;
    for await (const frame of this.#frames()) last = frame;
    return last;
  }

  async #endOf(other: OtherSession, behind: bigint): Promise<Boundary> {
    const stored = await this.#deps.stored.last(other, behind);
    const moment = stored.at(-1)?.at(-1);
    if (moment === undefined) return { at: null, isProved: false, isShared: false };
    return this.#find(moment, (around) => endIn(around, stored));
  }

  #frames(): AsyncIterable<KeptFrame> {
    return heardFrames(this.#deps.journal, this.#whole, this.#from);
  }

  async #goTo({ seq, at, saidAfter }: KeptFrame): Promise<void> {
    const origin = seq <= (await this.#lastOwn()) ? this.#from.origin : seq;
    this.#from = { origin, seq, at, beginsAt: saidAfter };
  }

  /** Streams are written side by side: where another is in between, facts behind it may be stored already. */
  async #lastOwn(): Promise<number> {
    const { logged } = this.#whole;
    if (logged === null) return -1;
    this.#lastStored ??= (await this.#deps.stored.last(logged, logged.position)).at(-1)?.at(-1)?.seq ?? -1;
    return this.#lastStored;
  }

  #add(to: Boundary, next: LoggedSession | null): void {
    const { origin, seq: from, beginsAt } = this.#from;
    const end = to.at?.seq ?? Number.POSITIVE_INFINITY;
    const nextAt = next === null ? null : this.#byOurClock(byThePbx(next.beginsAt, next.clockOffsetMs));
    if (from < end) this.#stretches.push({ origin, from, to: end, beginsAt, next, nextAt, isProved: to.isProved });
  }

  async #isSilent(): Promise<boolean> {
    for await (const _ of this.#frames()) return false;
    return true;
  }

  /** Nothing tells which of them heard that nothing was said: it is the one that began earlier. */
  #isSilentWithin({ beginsAt, clockOffsetMs, end }: OtherSession): boolean {
    const ours = this.#beginsAt();
    // what is heard from now on has to go somewhere
    if (this.#whole.isOpen || ours === null || byThePbx(beginsAt, clockOffsetMs) > ours) return false;
    return end === null || byThePbx(end.at, clockOffsetMs) >= ours;
  }

  #nextOf(): LoggedSession | null {
    const ours = this.#beginsAt();
    if (ours === null) return null;
    const isLater = ({ isOwn, beginsAt, clockOffsetMs }: OtherSession) =>
      !isOwn && byThePbx(beginsAt, clockOffsetMs) > ours;
    return this.#others.find(isLater) ?? null;
  }

  #byOurClock(at: Micros): Micros {
    return byThePbx(at, -(this.#whole.clockOffsetMs ?? 0));
  }

  /** By the PBX's clock. */
  #beginsAt(): Micros | null {
    const { beginsAt, clockOffsetMs } = this.#whole;
    const at = this.#from.beginsAt ?? beginsAt;
    return at === null ? null : byThePbx(at, clockOffsetMs);
  }
}
