/** What was not heard of a call, or not in time: said, not guessed. */
import { LISTENER_FACT_TYPES } from '../events.ts';
import type { Fact } from '../facts/fact.ts';
import type { Channel } from './channel.ts';
import type { Ending } from './liveness.ts';

/** In `incomplete`: the PBX's clock was set, and what it made unsure is empty. */
export const CLOCK_SET = 'clock_set';

/** Reasons in `incomplete`, in this order. */
export type Unheard = 'start_not_heard' | 'end_not_heard' | 'pbx_went_down' | 'gap' | 'late' | typeof CLOCK_SET;

/** `members`: all channels of the call; `id`: its own, that of a channel. Empty: everything was heard. */
export function unheardOf(
  id: string,
  members: readonly Channel[],
  endings: ReadonlyMap<string, Ending>,
  facts: readonly Fact[],
): Unheard[] {
  // who goes on when the call is over is heard to end later
  const ways = members.flatMap(({ uniqueid }) => endings.get(uniqueid)?.by ?? []);
  const isHeard = ({ record, type }: Fact) => record === null && type !== LISTENER_FACT_TYPES.callGivenUp;
  const sessions = new Set(facts.filter(isHeard).map(({ session }) => session));
  const said: readonly [Unheard, boolean][] = [
    ['start_not_heard', members.some(({ opening }) => !opening) || !members.some(({ uniqueid }) => uniqueid === id)],
    ['end_not_heard', ways.some((by) => by !== 'hangup')],
    ['pbx_went_down', ways.includes('pbx_went_down') || members.some(({ shutDown }) => shutDown)],
    ['gap', sessions.size > 1],
    ['late', facts.some(({ isLate }) => isLate)],
    [CLOCK_SET, facts.some(({ isClockDoubted }) => isClockDoubted)],
  ];
  return said.flatMap(([reason, isSo]) => (isSo ? [reason] : []));
}
