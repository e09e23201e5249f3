/** A PBX whose clock is set while a call lasts: its `Timestamp`s then no more tell how long things took (design §12). */
import { type Fact, NO_SESSION } from '../facts/fact.ts';
import type { Micros } from '../time.ts';

/** Threads of the PBX that speak at once can change places by less; what goes back further was said by a clock set back. */
const OUT_OF_ORDER = 100_000;
/** Times are told in whole seconds. */
const DOUBTFUL = 1_000_000;

/**
 * The facts with times that go on where the clock was set. That it was set back shows in a fact that was said before what
 * had been said already: by how much tell the times of reading, and without those nobody knows, so what was said from then
 * on has no time. Where nobody has compared the clock, a fact that by its `Timestamp` lies further from its reading than
 * the first, and no later one as near as that, was read late or said by a clock that was set: it has the time of its reading,
 * and its clock is doubted.
 * `facts` in order, with times by our clock as far as it was compared.
 */
export function withStepsUndone(facts: readonly Fact[], isCompared: (session: number) => boolean): readonly Fact[] {
  const timed = facts.filter(isTimed);
  const changed = new Map<Fact, Fact>();
  for (const session of new Set(timed.map((fact) => fact.session))) {
    const its = timed.filter((fact) => fact.session === session);
    for (const [fact, set] of undone(its, isCompared(session))) if (set !== fact) changed.set(fact, withoutTimes(set));
  }
  return changed.size === 0 ? facts : facts.map((fact) => changed.get(fact) ?? fact);
}

/** A call record that was written then has times by a clock that was set in between. */
function withoutTimes(fact: Fact): Fact {
  const { record } = fact;
  return record ? { ...fact, record: { ...record, startTime: null, answerTime: null, endTime: null } } : fact;
}

/** By its `Timestamp`, when a fact was said whose clock is doubted. */
export function byItsClock({ timestamp, clockOffset }: Fact): Micros | null {
  return timestamp === null ? null : ((timestamp - clockOffset) as Micros);
}

type TimedFact = Fact & { readonly timestamp: Micros; readonly at: Micros };

function isTimed(fact: Fact): fact is TimedFact {
  return fact.timestamp !== null && fact.at !== null && fact.session !== NO_SESSION;
}

/** Each that changes, with what it is then. */
function undone(facts: readonly TimedFact[], isCompared: boolean): [TimedFact, Fact][] {
  const spans = betweenSteps(facts);
  if (isCompared && spans.length === 1) return [];
  const lead = isCompared ? 0 : leadOf(facts.slice(0, 1));
  const moved = spans.flatMap((span, nth) => {
    const set = nth === 0 ? 0 : difference(leadOf(span), lead);
    return span.map((fact) => ({ fact, moved: set === 0 ? fact : movedBy(set, fact) }));
  });
  const ahead = moved.map((one) => (isCompared ? null : aheadOf(one.moved, lead)));
  const lastInTime = ahead.findLastIndex((by) => by !== null && Math.abs(by) <= DOUBTFUL);
  return moved.map(({ fact, moved: now }, at) => {
    const by = ahead[at] ?? 0;
    // what is read late is caught up with
    const isDoubtful = by > DOUBTFUL || (by < -DOUBTFUL && at > lastInTime);
    const read = now.at === null ? null : ((now.at - by) as Micros);
    return [fact, isDoubtful ? { ...now, at: read, isClockDoubted: true } : now];
  });
}

/** As said by a clock that shows by so much more than before; null: nobody knows by how much. */
function movedBy(set: number | null, fact: TimedFact): Fact {
  if (set === null) return { ...fact, at: null, isClockDoubted: true };
  return { ...fact, at: (fact.at - set) as Micros, clockOffset: fact.clockOffset + set };
}

/** Parted where the clock was set back. */
function betweenSteps(facts: readonly TimedFact[]): TimedFact[][] {
  const spans: TimedFact[][] = [];
  let last: TimedFact | undefined;
  for (const fact of facts) {
    if (last === undefined || fact.at < last.at - OUT_OF_ORDER) spans.push([]);
    spans.at(-1)?.push(fact);
    last = fact;
  }
  return spans;
}

/** By how much what the facts tell lies before their reading, in microseconds, at the least; null: nothing tells it. */
function leadOf(facts: readonly TimedFact[]): number | null {
  const leads = facts.flatMap(({ at, receivedAt, isLate }) => (receivedAt === null || isLate ? [] : [at - receivedAt]));
  return leads.length === 0 ? null : Math.max(...leads);
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

/** By how much a fact was said later than its reading tells; null: that tells nothing. */
function aheadOf({ at, receivedAt, isLate }: Fact, lead: number | null): number | null {
  return at === null || receivedAt === null || isLate || lead === null ? null : at - receivedAt - lead;
}
