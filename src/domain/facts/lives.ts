/** A Uniqueid that comes again in another life of the PBX names another call (design §12). */
import { later, type Micros } from '../time.ts';
import { type Fact, NO_SESSION, viewIn } from './fact.ts';

/** One of the channels that had the same Uniqueid, one after the other. */
export type Life = {
  /** the Uniqueid, of a later life `<uniqueid>~<session>` */
  readonly id: string;
  readonly session: number;
  readonly openedAt: Micros | null;
  lastHeardAt: Micros | null;
  hasEnded: boolean;
};

export type Lives = {
  /** with ids that are each one channel's */
  readonly facts: readonly Fact[];
  /** of the Uniqueids that came again */
  readonly lives: ReadonlyMap<string, readonly Life[]>;
};

/** Two processes that heard the PBX at once have told the same channel within this time. */
const TOLD_TWICE = 60_000_000;

/** Tells the channels apart that a later session opened under an id that an earlier one had heard opened. `facts` in order. */
export function inTheirLives(facts: readonly Fact[]): Lives {
  const lives: Lives['lives'] = isOfOneSession(facts) ? new Map() : livesOf(facts);
  if (lives.size === 0) return { facts, lives };
  const now = new Map<string, string>();
  const idNow = (id: string) => now.get(id) ?? id;
  const renamed = facts.map((fact) => {
    const opened = opens(fact);
    const life = opened === null ? undefined : lives.get(opened)?.find(({ session }) => session === fact.session);
    if (life && opened !== null) now.set(opened, life.id);
    if (now.size === 0 || fact.imported !== null) return fact;
    const channels = fact.channels.map((channel) => ({
      ...channel,
      uniqueid: idNow(channel.uniqueid),
      linkedid: channel.linkedid && idNow(channel.linkedid),
    }));
    return { ...fact, channels };
  });
  return { facts: renamed, lives };
}

/** Nearly all calls are, and every fold asks. */
function isOfOneSession(facts: readonly Fact[]): boolean {
  const first = facts.find(({ session }) => session !== NO_SESSION);
  return first === undefined || first.session === facts.at(-1)?.session;
}

function livesOf(facts: readonly Fact[]): ReadonlyMap<string, Life[]> {
  const lives = new Map<string, Life[]>();
  for (const fact of facts) {
    const { session, receivedAt } = fact;
    const opened = opens(fact);
    const known = opened === null ? undefined : lives.get(opened)?.at(-1);
    if (opened !== null && (known === undefined || isAnother(fact, known))) {
      const id = known === undefined ? opened : `${opened}~${session}`;
      const life = { id, session, openedAt: receivedAt, lastHeardAt: receivedAt, hasEnded: false };
      lives.set(opened, [...(lives.get(opened) ?? []), life]);
    }
    for (const { role, uniqueid } of fact.channels) {
      const life = lives.get(uniqueid)?.at(-1);
      if (!life) continue;
      life.lastHeardAt = later(life.lastHeardAt, receivedAt);
      if (fact.type === 'CallHungUp' && role === 'subject') life.hasEnded = true;
    }
  }
  return new Map([...lives].filter(([, all]) => all.length > 1));
}

function opens(fact: Fact): string | null {
  return fact.type === 'ChannelOpened' ? (viewIn(fact, 'subject')?.uniqueid ?? null) : null;
}

function isAnother({ session, receivedAt }: Fact, known: Life): boolean {
  if (session === known.session) return false;
  return receivedAt === null || known.openedAt === null || receivedAt - known.openedAt > TOLD_TWICE;
}
