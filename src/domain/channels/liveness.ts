/** Which channels are still there, and when those ended that nobody heard to end (design §5). */
import { LEFT_BECAUSE } from '../connectionEvents.ts';
import { LISTENER_FACT_TYPES } from '../events.ts';
import type { Fact } from '../facts/fact.ts';
import { byPlace, bySession, type Hearing } from '../facts/hearing.ts';
import { later, type Micros } from '../time.ts';
import { type Bounds, sure } from './bounds.ts';
import type { Channel } from './channel.ts';
import type { Connection } from './connection.ts';

export type Ending = {
  readonly open: boolean;
  /** null: still open, or no clock */
  readonly at: Micros | null;
  /** how we know: `hangup`, or why nothing more is expected */
  readonly by: 'hangup' | 'pbx_went_down' | 'not_listed' | 'given_up' | 'only_recorded' | 'recorded' | null;
  /** when is told by a call record */
  readonly isRecorded?: true;
};

export type Endings = ReadonlyMap<string, Ending>;

/**
 * The end of each channel of one call, as early and as late as it can have been: what was not heard to end went on until the
 * PBX was last heard, and was over when it was noticed. One map where all is known.
 */
export function endingsOf(
  facts: Bounds<readonly Fact[]>,
  channels: Bounds<readonly Channel[]>,
  connections: readonly Connection[],
): Bounds<Endings> {
  const late = boundedEndings(facts.late, channels.late, connections);
  const isSure = facts.early === facts.late && [...late.values()].every(({ at }) => at.early === at.late);
  const early = facts.early === facts.late ? late : boundedEndings(facts.early, channels.early, connections);
  return isSure ? sure(at(late, 'late')) : { early: at(early, 'early'), late: at(late, 'late') };
}

function at(endings: ReadonlyMap<string, BoundedEnding>, bound: keyof Bounds<Ending>): Endings {
  return new Map([...endings].map(([uniqueid, ending]) => [uniqueid, { ...ending, at: ending.at[bound] }]));
}

function boundedEndings(
  facts: readonly Fact[],
  channels: readonly Channel[],
  connections: readonly Connection[],
): ReadonlyMap<string, BoundedEnding> {
  const heard = facts.filter(({ type }) => type !== LISTENER_FACT_TYPES.callGivenUp);
  const lastFactAt = heard.map(({ at }) => at).reduce(later, null);
  const givenUp = facts.findLast(({ type }) => type === LISTENER_FACT_TYPES.callGivenUp) ?? null;
  const situation = { heard, givenUp, lastFactAt, connections };
  return new Map(channels.map((channel) => [channel.uniqueid, endingOf(channel, situation)]));
}

type Situation = {
  readonly heard: readonly Fact[];
  readonly givenUp: Fact | null;
  readonly lastFactAt: Micros | null;
  readonly connections: readonly Connection[];
};

type BoundedEnding = Omit<Ending, 'at'> & { readonly at: Bounds<Micros | null> };

function endingOf(channel: Channel, { heard: facts, givenUp, lastFactAt, connections }: Situation): BoundedEnding {
  if (channel.hangup) return { open: false, at: sure(channel.hangup.at), by: 'hangup' };
  const heard = channel.lastHeard;
  if (heard === null) return { open: false, at: sure(null), by: 'only_recorded' };
  const isGivenUp = givenUp !== null && byPlace(givenUp, heard) > 0;
  const untilGivenUp = { early: lastFactAt, late: givenUp?.at ?? null };
  // what became of the session afterwards changes nothing: nobody folds the call again for it
  if (isGivenUp && givenUp.session === heard.session) return { open: false, at: untilGivenUp, by: 'given_up' };
  const own = connections.find(({ session }) => session === heard.session);
  const lastHeardAt = own && lastHeardIn(own, facts);
  if (lastHeardAt != null && own?.pbxWentDown) return { open: false, at: sure(lastHeardAt), by: 'pbx_went_down' };
  const proved = provedBy(heard, connections);
  if (proved) return { open: false, at: { early: lastHeardAt ?? lastFactAt, late: proved.at }, by: proved.by };
  if (isGivenUp) return { open: false, at: { ...untilGivenUp, early: lastHeardAt ?? lastFactAt }, by: 'given_up' };
  return { open: true, at: sure(null), by: null };
}

/** The first later session that shows that the channel is there no more; what it shows besides comes too late to matter. */
function provedBy(heard: Hearing, connections: readonly Connection[]): { at: Micros; by: Ending['by'] } | null {
  for (const connection of connections) {
    if (bySession(connection, heard) <= 0) continue;
    const { restartedBy, listedAt } = connection;
    if (restartedBy != null) return { at: restartedBy, by: 'pbx_went_down' };
    if (listedAt != null) return { at: listedAt, by: 'not_listed' };
  }
  return null;
}

/** Null: it is not over. Who took a PBX over did not know what the journal of the other server still held. */
function lastHeardIn({ session, disconnectedAt, lastHeardAt, reason }: Connection, heard: readonly Fact[]) {
  if (disconnectedAt === null) return null;
  const told = lastHeardAt ?? disconnectedAt;
  if (reason !== LEFT_BECAUSE.takenOver) return told;
  const its = heard.filter((fact) => fact.session === session);
  return its.map(({ at }) => at).reduce(later, told);
}
