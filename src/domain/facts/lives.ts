/** An id that comes again in another life of the PBX names another channel, another bridge, another call (design §12). */
import { LISTENER_FACT_TYPES } from '../events.ts';
import { later, type Micros } from '../time.ts';
import { type Fact, NO_SESSION, viewIn } from './fact.ts';

/** One of the channels, or of the bridges, that had the same id, one after the other. */
export type Life = {
  /** as the PBX says it, of a later life `<id>~<the session that began it>` */
  readonly id: string;
  /** that heard of it first */
  readonly session: number;
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
function beginsOfLives(facts: readonly Fact[]): number[] {
  const opened = new Map<string, Fact>();
  const begins = new Set<number>();
  for (const fact of facts) {
    const id = fact.type === 'ChannelOpened' ? viewIn(fact, 'subject')?.uniqueid : undefined;
    if (id === undefined) continue;
    const known = opened.get(id);
    if (known !== undefined && !isAnother(fact, known)) continue;
    opened.set(id, fact);
    if (known !== undefined) begins.add(fact.session);
  }
  return [...begins].sort((a, b) => a - b);
}

function isAnother({ session, receivedAt }: Fact, known: Fact): boolean {
  if (session === known.session) return false;
  return receivedAt === null || known.receivedAt === null || receivedAt - known.receivedAt > TOLD_TWICE;
}

function toldIn(named: Map<string, Life[]>, begins: readonly number[], fact: Fact): Fact {
  const { session, receivedAt } = fact;
  // that a call is given up is said in a later session, of what was heard last
  const isOfNow = fact.type !== LISTENER_FACT_TYPES.callGivenUp;
  const begin = isOfNow ? (begins.findLast((other) => other <= session) ?? NO_SESSION) : NO_SESSION;
  const lifeOf = (id: string): Life => {
    const lives = named.get(id) ?? [];
    const last = lives.at(-1);
    if (last !== undefined && last.session >= begin) return last;
    const idNow = last === undefined ? id : `${id}~${begin}`;
    const life = { id: idNow, session, openedAt: receivedAt, lastHeardAt: receivedAt, hasEnded: false };
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
