import { LEFT_BECAUSE } from '../../domain/connectionEvents.ts';
import { earlier, type Micros } from '../../domain/time.ts';
import type { Heard, HeardFact } from '../heard.ts';
import type { OpenedSession, SessionLog } from '../sessionLog.ts';
import type { Plan } from './plan.ts';
import { idOfStretch, type Stretch } from './stretch.ts';

type HeardOf<Kind extends Heard['kind']> = Extract<Heard, { kind: Kind }>;

/** A session that a stretch is stored in. */
export type Opened = OpenedSession & {
  /** of its `PbxConnected` */
  readonly id: string;
  readonly heardBefore: number | null;
};

type Begun = Pick<HeardOf<'connected'>, 'amiVersion' | 'clockOffsetMs'>;
const NOT_KNOWN: Begun = { amiVersion: null, clockOffsetMs: null };

type Entered = { readonly stretch: Stretch; readonly opened: Opened; facts: number; lastAt: Micros | null };

/** Facts that follow each other: of one stretch, or of none, which are left out. */
export type Group = { readonly stretch: Stretch | null; readonly facts: readonly HeardFact[] };

/** A connection on its way into the log: which of its facts belong to which session, and what is said of the sessions. */
export class ConnectionInLog {
  readonly #sessionLog: SessionLog;
  readonly #connection: string;
  readonly #plan: Plan;
  #begun: Begun;
  /** the number of the next fact */
  #next = 0;
  #entered: Entered | null = null;
  /** left out since the last stretch */
  #leftOut = 0;

  constructor(sessionLog: SessionLog, connection: string, plan: Plan) {
    this.#sessionLog = sessionLog;
    this.#connection = connection;
    this.#plan = plan;
    this.#begun = plan.begun ?? NOT_KNOWN;
  }

  begins({ amiVersion, clockOffsetMs }: HeardOf<'connected'>): void {
    this.#begun = { amiVersion, clockOffsetMs };
  }

  /** The stretch that what comes next belongs to; null: it is left out. */
  stretchNow(): Stretch | null {
    return this.#stretchOf(this.#next);
  }

  /** The last stretch that has begun; null: all was left out. */
  lastStretch(): Stretch | null {
    return this.#entered?.stretch ?? this.#plan.stretches.findLast(({ from }) => from <= this.#next) ?? null;
  }

  groupsOf(facts: readonly HeardFact[]): readonly Group[] {
    const groups: { readonly stretch: Stretch | null; readonly facts: HeardFact[] }[] = [];
    for (const fact of facts) {
      const stretch = this.#stretchOf(fact.seq);
      const last = groups.at(-1);
      if (last?.stretch === stretch) last.facts.push(fact);
      else groups.push({ stretch, facts: [fact] });
    }
    return groups;
  }

  /** Facts were taken, or left out. */
  passed({ stretch, facts }: Group, at: Micros | null): void {
    this.#next = (facts.at(-1)?.seq ?? this.#next - 1) + 1;
    if (stretch === null) this.#leftOut += facts.length;
    else if (this.#entered !== null) {
      this.#entered.facts += facts.length;
      this.#entered.lastAt = at;
    }
  }

  isIn(stretch: Stretch): boolean {
    return this.#entered?.stretch === stretch;
  }

  opened(): Opened | null {
    return this.#entered?.opened ?? null;
  }

  /** Opens the session of a stretch, at `at` where nothing else tells its beginning. Null: the program stops first. */
  async enter(stretch: Stretch, at: Micros | null): Promise<Opened | null> {
    await this.#leave();
    const id = idOfStretch(this.#connection, stretch.origin);
    const known = this.#plan.known.get(id);
    const { next } = stretch;
    const heardBefore = known === undefined ? next && (next.heardBefore ?? next.session) : known.heardBefore;
    const { amiVersion, clockOffsetMs } = this.#begun;
    const begun = { connection: id, at: stretch.beginsAt ?? at, amiVersion, clockOffsetMs, heardBefore };
    const session = known ?? (await this.#sessionLog.connected(begun));
    if (session === null) return null;
    if (known !== undefined) this.#sessionLog.goOn(known);
    const opened = { id, session: session.session, position: session.position, heardBefore };
    this.#entered = { stretch, opened, facts: 0, lastAt: null };
    return opened;
  }

  /** The connection is over, and all of it is in the log. */
  async ends(item: HeardOf<'disconnected'>): Promise<void> {
    if (this.#entered === null) return;
    const { stretch, opened } = this.#entered;
    if (stretch.to === Number.POSITIVE_INFINITY) {
      const lastHeardAt = earlier(item.lastHeardAt ?? item.at, stretch.nextAt);
      await this.#tellEnd(opened, { ...item, connection: opened.id, lastHeardAt });
      await this.#tellGap(this.#entered, lastHeardAt);
    } else {
      await this.#leave();
    }
  }

  async #leave(): Promise<void> {
    if (this.#entered === null) return;
    const { stretch, opened, lastAt } = this.#entered;
    const until = stretch.isProved ? stretch.nextAt : lastAt;
    if (until !== null) {
      const end = { at: until, lastHeardAt: until, reason: LEFT_BECAUSE.takenOver, pbxWentDown: false };
      await this.#tellEnd(opened, { ...end, connection: opened.id });
    }
    await this.#tellGap(this.#entered, until);
    this.#entered = null;
  }

  /** Unless the log tells it already: that may stand too far up to be found when it is appended again. */
  async #tellEnd(opened: Opened, end: Parameters<SessionLog['disconnected']>[1]): Promise<void> {
    if (this.#plan.known.get(opened.id)?.end != null) return;
    await this.#sessionLog.disconnected(opened, end);
  }

  async #tellGap({ stretch, opened, facts }: Entered, until: Micros | null): Promise<void> {
    if (stretch.next === null || until === null) return;
    await this.#sessionLog.gapHeard(opened, {
      connection: opened.id,
      session: stretch.next.session,
      heard_session: opened.session,
      until,
      facts,
      set_aside: this.#leftOut,
    });
    this.#leftOut = 0;
  }

  #stretchOf(seq: number): Stretch | null {
    return this.#plan.stretches.find(({ from, to }) => from <= seq && seq < to) ?? null;
  }
}
