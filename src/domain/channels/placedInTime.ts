/** When the PBX said what it said, by our clock: the time of receipt only tells where nothing is late (design §12). */
import { LISTENER_FACT_TYPES } from '../events.ts';
import { type Fact, viewIn } from '../facts/fact.ts';
import { earlier, later, type Micros } from '../time.ts';
import { type Bounds, sure } from './bounds.ts';
import { secondOf } from './channel.ts';
import { byItsClock, withStepsUndone } from './clockSteps.ts';
import { type ClockReading, type Connection, offsetsAbout } from './connection.ts';
import { timeInRecord } from './recordTimes.ts';

/** What is read so long after it was said is late: asked every two seconds, a PBX shows of the rest that it is not. */
const LATE_AFTER = 4_000_000;
/** A Uniqueid and a record tell whole seconds, cut off. */
const SECOND = 1_000_000;

/**
 * The facts with the times at which they were said, by our clock. Of what was read late `Timestamp` tells it, and of an
 * opened channel its Uniqueid; else it lies between two moments: what was said before and after it, when it was read, and
 * what the session knew. So does what a list of channels shows: it was so at some time between the channel's begin and
 * the list. `facts` in order.
 */
export function placedInTime(facts: readonly Fact[], connections: readonly Connection[]): Bounds<readonly Fact[]> {
  const sessions = new Map(connections.map((connection) => [connection.session, connection]));
  const compared = facts.map((fact) => byOurClock(fact, sessions.get(fact.session)?.clock ?? []));
  const isCompared = (session: number) => (sessions.get(session)?.clock ?? []).length > 0;
  const placed = withOldReads(withStepsUndone(compared, isCompared), isCompared);
  if (placed.every((fact) => fact.at === null || saidAt(fact) !== null)) return sure(placed.map(withItsTime));
  return { early: earliest(placed, sessions), late: latest(placed) };
}

type Sessions = ReadonlyMap<number, Connection>;

function byOurClock(fact: Fact, clock: readonly ClockReading[]): Fact {
  const clockOffset = offsetOf(fact, clock);
  if (clockOffset === 0) return fact;
  const at = fact.timestamp === null ? fact.receivedAt : ((fact.timestamp - clockOffset) as Micros);
  return { ...fact, clockOffset, at };
}

/** Of the readings about then the one by which what the PBX's clock shows lies nearest to when it can have been said. */
function offsetOf(fact: Fact, clock: readonly ClockReading[]): number {
  const { receivedAt, timestamp } = fact;
  if (receivedAt === null) return 0;
  const [offset = 0, ...others] = offsetsAbout(clock, receivedAt);
  const shown = timestamp ?? (fact.type === 'ChannelOpened' ? secondOpened(fact) : null);
  if (shown === null) return offset;
  const saidAfter = fact.saidAfter ?? receivedAt;
  const misses = (one: number) => Math.max(shown - one - receivedAt, saidAfter - (shown - one), 0);
  return others.reduce((best, one) => (misses(one) < misses(best) ? one : best), offset);
}

// ── which facts are late ─────────────────────────────────────────────────────────────────────────────────────────

/** Logs of before nobody noted lateness in tell it by the PBX's clock; whatever came in the same read is late as well. */
function withOldReads(facts: readonly Fact[], isCompared: (session: number) => boolean): readonly Fact[] {
  const isUnnoted = ({ saidAfter, receivedAt, session }: Fact) =>
    saidAfter === null && receivedAt !== null && isCompared(session);
  const unnoted = facts.filter(isUnnoted);
  if (unnoted.length === 0) return facts;
  const ends = recordedEnds(facts);
  const readBefore = readsBefore(facts);
  const old = new Set(unnoted.filter((fact) => isOld(fact, ends, readBefore.get(readOf(fact)) ?? null)).map(readOf));
  return old.size === 0 ? facts : facts.map((fact) => (old.has(readOf(fact)) ? { ...fact, isLate: true } : fact));
}

function readOf({ session, receivedAt }: Fact): string {
  return `${session} ${receivedAt}`;
}

/** By read, when the one before it was made. */
function readsBefore(facts: readonly Fact[]): ReadonlyMap<string, Micros> {
  const before = new Map<string, Micros>();
  let last: Fact | undefined;
  for (const fact of facts) {
    const isNext = last?.session === fact.session && last.receivedAt !== fact.receivedAt;
    if (isNext && last?.receivedAt != null && !before.has(readOf(fact))) before.set(readOf(fact), last.receivedAt);
    last = fact;
  }
  return before;
}

/** A channel can go on when its records end: what was read in between shows that it did. */
function isOld(fact: Fact, ends: ReadonlyMap<string, Micros>, readBefore: Micros | null): boolean {
  const shown = fact.timestamp === null ? secondShown(fact, ends) : fact.at;
  if (shown === null || fact.receivedAt === null) return false;
  if (fact.type === 'CallHungUp' && fact.timestamp === null && readBefore !== null && readBefore > shown) return false;
  return fact.receivedAt - shown > LATE_AFTER;
}

/** The end of the second in which it was said at the latest. */
function secondShown(fact: Fact, ends: ReadonlyMap<string, Micros>): Micros | null {
  const second =
    fact.type === 'ChannelOpened'
      ? openedIn(fact)
      : fact.type === 'CallHungUp'
        ? (ends.get(viewIn(fact, 'subject')?.name ?? '') ?? null)
        : null;
  return second === null ? null : ((second + SECOND) as Micros);
}

/** By channel, when its last record ends. */
function recordedEnds(facts: readonly Fact[]): ReadonlyMap<string, Micros> {
  const ends = new Map<string, Micros>();
  for (const fact of facts) {
    const { record } = fact;
    const end = record && timeInRecord(record, fact, 'endTime');
    if (!record || end === null) continue;
    for (const name of [record.channel, record.destinationChannel]) {
      if (name !== null) ends.set(name, later(ends.get(name) ?? null, end) ?? end);
    }
  }
  return ends;
}

// ── when each was said ───────────────────────────────────────────────────────────────────────────────────────────

/** Null: only that it lies between two moments. */
function saidAt(fact: Fact): Micros | null {
  if (fact.type === LISTENER_FACT_TYPES.channelSeen || fact.isClockDoubted) return null;
  if (!fact.isLate || fact.timestamp !== null) return fact.at;
  return fact.type === 'ChannelOpened' ? openedIn(fact) : null;
}

function withItsTime(fact: Fact): Fact {
  const at = saidAt(fact);
  return at === fact.at ? fact : { ...fact, at };
}

/** The second in which its channel was opened. */
function openedIn(fact: Fact): Micros | null {
  const second = secondOpened(fact);
  return second === null ? null : ((second - fact.clockOffset) as Micros);
}

/** The same, by the clock of the PBX. */
function secondOpened(fact: Fact): Micros | null {
  return secondOf(viewIn(fact, 'subject')?.uniqueid ?? '');
}

function earliest(facts: readonly Fact[], sessions: Sessions): readonly Fact[] {
  let before: Micros | null = null;
  return facts.map((fact) => {
    if (fact.at === null) return fact;
    if (fact.type === LISTENER_FACT_TYPES.channelSeen) return { ...fact, at: openedIn(fact) };
    const since = sessions.get(fact.session)?.connectedAt ?? null;
    const at = fact.isClockDoubted
      ? byItsClock(fact)
      : (saidAt(fact) ?? [fact.saidAfter, openedIn(fact), since].reduce(later, before));
    before = later(before, at);
    return { ...fact, at };
  });
}

function latest(facts: readonly Fact[]): readonly Fact[] {
  let after: Micros | null = null;
  const backwards = [...facts].reverse().map((fact) => {
    if (fact.at === null || fact.type === LISTENER_FACT_TYPES.channelSeen || fact.isClockDoubted) return fact;
    const at = saidAt(fact);
    if (at === null) return { ...fact, at: earlier(fact.receivedAt, after) };
    after = earlier(after, (at + SECOND) as Micros);
    return { ...fact, at };
  });
  return backwards.reverse();
}
