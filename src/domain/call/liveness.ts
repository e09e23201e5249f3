/** Which channels are still there, and when those ended that nobody heard to end (design §5). */
import { LISTENER_FACT_TYPES } from '../events.ts';
import type { Fact } from '../facts/fact.ts';
import { later, type Micros } from '../time.ts';
import type { Channel } from './channel.ts';

/** One connection to a PBX, as far as it is known. */
export type Connection = {
  readonly pbx: string;
  readonly session: number;
  readonly connectedAt: Micros;
  readonly disconnectedAt: Micros | null;
  readonly lastHeardAt: Micros | null;
  readonly pbxWentDown: boolean;
  readonly reason: string | null;
  /** when the session's list of all open channels was complete; null: there was none */
  readonly listedAt?: Micros | null;
};

export type Ending = {
  readonly open: boolean;
  /** null: still open, or no clock */
  readonly at: Micros | null;
  /** how we know: `hangup`, or why nothing more is expected */
  readonly by: 'hangup' | 'pbx_went_down' | 'not_listed' | 'given_up' | 'only_recorded' | 'recorded' | null;
};

/** The end of each channel of one call. */
export function endingsOf(
  facts: readonly Fact[],
  channels: Iterable<Channel>,
  connections: readonly Connection[],
): ReadonlyMap<string, Ending> {
  const heard = facts.filter(({ type }) => type !== LISTENER_FACT_TYPES.callGivenUp);
  const lastFactAt = heard.map(({ at }) => at).reduce(later, null);
  const givenUp = facts.findLast(({ type }) => type === LISTENER_FACT_TYPES.callGivenUp) ?? null;
  const endings = new Map<string, Ending>();
  for (const channel of channels)
    endings.set(channel.uniqueid, endingOf(channel, { givenUp, lastFactAt, connections }));
  return endings;
}

type Situation = {
  readonly givenUp: Fact | null;
  readonly lastFactAt: Micros | null;
  readonly connections: readonly Connection[];
};

function endingOf(channel: Channel, { givenUp, lastFactAt, connections }: Situation): Ending {
  if (channel.hangup) return { open: false, at: channel.hangup.at, by: 'hangup' };
  const heard = channel.lastHeard;
  if (heard === null) return { open: false, at: null, by: 'only_recorded' };
  const isGivenUp = givenUp !== null && isAfter(givenUp, heard);
  // what became of the session afterwards changes nothing: nobody folds the call again for it
  if (isGivenUp && givenUp.session === heard.session) return { open: false, at: lastFactAt, by: 'given_up' };
  const own = connections.find(({ session }) => session === heard.session);
  const unheardSince = own?.disconnectedAt == null ? null : (own.lastHeardAt ?? own.disconnectedAt);
  if (own?.disconnectedAt != null && own.pbxWentDown) return { open: false, at: unheardSince, by: 'pbx_went_down' };
  if (connections.some(({ session, listedAt }) => session > heard.session && listedAt != null)) {
    return { open: false, at: unheardSince ?? lastFactAt, by: 'not_listed' };
  }
  if (isGivenUp) return { open: false, at: unheardSince ?? lastFactAt, by: 'given_up' };
  return { open: true, at: null, by: null };
}

function isAfter(fact: Fact, heard: { readonly session: number; readonly seq: number }): boolean {
  return fact.session > heard.session || (fact.session === heard.session && fact.seq > heard.seq);
}
