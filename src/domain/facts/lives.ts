/** An id that comes again in another life of the PBX names another channel, another bridge, another call (design §12). */
import { LISTENER_FACT_TYPES } from '../events.ts';
import { later, type Micros } from '../time.ts';
import { type Fact, NO_SESSION, viewIn } from './fact.ts';
import { bySession, type Hearing } from './hearing.ts';

/** One of the channels, or of the bridges, that had the same id, one after the other. */
export type Life = {
  /** that heard of it first */
  readonly heardIn: Hearing;
  /** as the PBX says it, of a later life `<id>~<the session that began it>` */
  readonly id: string;
  readonly openedAt: Micros | null;
  lastHeardAt: Micros | null;
  hasEnded: boolean;
};

export type Lives = {
  /** with ids that are each one channel's */
  readonly facts: readonly Fact[];
  /** of the ids that came again, as the PBX says them */
  readonly lives: ReadonlyMap<string, readonly Life[]>;
};

/** Two processes that heard the PBX at once have told the same channel within this time. */
const TOLD_TWICE = 60_000_000;

/**
 * Tells apart what had the same id in two lives of the PBX. Another one has begun where a later session opened a channel
 * under an id that an earlier one had heard opened; whatever was heard of before then is not what is named so after.
 * `facts` in order.
 */
export function inTheirLives(facts: readonly Fact[]): Lives {
  const begins = isOfOneSession(facts) ? [] : beginsOfLives(facts);
  if (begins.length === 0) return { facts, lives: new Map() };
  const named = new Map<string, Life[]>();
  const told = facts.map((fact) => (fact.imported === null ? toldIn(named, begins, fact) : fact));
  return { facts: told, lives: new Map([...named].filter(([, lives]) => lives.length > 1)) };
}

/** Nearly all calls are, and every fold asks. */
function isOfOneSession(facts: readonly Fact[]): boolean {
  const first = facts.find(({ session }) => session !== NO_SESSION);
  return first === undefined || first.session === facts.at(-1)?.session;
}

/** The sessions in which another life of the PBX shows: a connection does not outlive it. */
function beginsOfLives(facts: readonly Fact[]): Hearing[] {
  const opened = new Map<string, Fact>();
  const begins = new Map<number, Hearing>();
  for (const fact of facts) {
    const id = fact.type === 'ChannelOpened' ? viewIn(fact, 'subject')?.uniqueid : undefined;
    if (id === undefined) continue;
    const known = opened.get(id);
    if (known !== undefined && !isAnother(fact, known)) continue;
    opened.set(id, fact);
    if (known !== undefined) begins.set(fact.session, fact);
  }
  return [...begins.values()].sort(bySession);
}

function isAnother({ session, receivedAt }: Fact, known: Fact): boolean {
  if (session === known.session) return false;
  return receivedAt === null || known.receivedAt === null || receivedAt - known.receivedAt > TOLD_TWICE;
}

function toldIn(named: Map<string, Life[]>, begins: readonly Hearing[], fact: Fact): Fact {
  const { receivedAt } = fact;
  // that a call is given up is said in a later session, of what was heard last
  const isOfNow = fact.type !== LISTENER_FACT_TYPES.callGivenUp;
  const begin = isOfNow ? begins.findLast((other) => bySession(other, fact) <= 0) : undefined;
  const lifeOf = (id: string): Life => {
    const lives = named.get(id) ?? [];
    const last = lives.at(-1);
    if (last !== undefined && (begin === undefined || bySession(last.heardIn, begin) >= 0)) return last;
    const idNow = last === undefined || begin === undefined ? id : `${id}~${begin.session}`;
    const life = { id: idNow, heardIn: fact, openedAt: receivedAt, lastHeardAt: receivedAt, hasEnded: false };
    named.set(id, [...lives, life]);
    return life;
  };
  const channels = fact.channels.map((channel) => {
    const life = lifeOf(channel.uniqueid);
    life.lastHeardAt = later(life.lastHeardAt, receivedAt);
    if (fact.type === 'CallHungUp' && channel.role === 'subject') life.hasEnded = true;
    return { ...channel, uniqueid: life.id, linkedid: channel.linkedid && lifeOf(channel.linkedid).id };
  });
  return { ...fact, channels, bridges: fact.bridges.map((bridge) => ({ ...bridge, id: lifeOf(bridge.id).id })) };
}
