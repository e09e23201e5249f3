/** The facts of one group → its rows (design §5): pure and total, whatever the facts. */

import { derivationOf } from '../derivation.ts';
import type { CallEntry } from '../entry.ts';
import { LISTENER_FACT_TYPES } from '../events.ts';
import { type Fact, inOrder } from '../facts/fact.ts';
import { callsOf, channelsMeant } from '../facts/grouping.ts';
import { type Rules, rulesFor } from '../rules.ts';
import { callsToLog } from './callsToLog.ts';
import type { Channel } from './channel.ts';
import { type Group, groupOf } from './group.ts';
import { type Connection, type Ending, endingsOf } from './liveness.ts';
import { type CallInProgress, callInProgressOf, rowOf } from './row.ts';

export type { CallInProgress, Connection };

export type FoldContext = { readonly connections: readonly Connection[]; readonly rules: Rules };

export type FoldedGroup = {
  /** finished calls: rows */
  readonly entries: readonly CallEntry[];
  readonly current: readonly CallInProgress[];
  /** a channel was not heard to end */
  readonly open: boolean;
};

/**
 * The rows and the calls in progress of facts that belong together (`keysOf`), in any order. `connections` are those of
 * the facts' PBX. Calls that never left the house are left out unless the rules log them.
 */
export function foldGroup(facts: readonly Fact[], { connections, rules }: FoldContext): FoldedGroup {
  const ordered = inOrder(facts);
  const pbx = ordered[0]?.pbx;
  if (pbx === undefined) return { entries: [], current: [], open: false };
  const group = groupOf(pbx, ordered, rulesFor(rules, pbx));
  const own = connections.filter((connection) => connection.pbx === pbx);
  const derivation = derivationOf(rules);
  const folded = callsOf(ordered).map((call) => foldCall(call, group, own, derivation));
  return {
    entries: folded.flatMap(({ entries }) => entries),
    current: folded.flatMap(({ current }) => current),
    open: folded.some(({ open }) => open),
  };
}

function foldCall(
  facts: readonly Fact[],
  group: Group,
  connections: readonly Connection[],
  derivation: string,
): FoldedGroup {
  const ids = new Set(facts.flatMap((fact) => channelsMeant(fact).map(({ uniqueid }) => uniqueid)));
  const members = [...group.channels.values()].filter(({ uniqueid }) => ids.has(uniqueid));
  const endings = endingsOf(facts, members, connections);
  const open = [...endings.values()].some((ending) => ending.open);
  const calls = callsToLog(group, members);
  const incomplete = calls[0] ? unheardOf(calls[0].id, members, endings, facts) : [];
  const context = { group, endings, incomplete, derivation };
  return {
    entries: open ? [] : calls.map((call) => rowOf(call, context)),
    current: open ? calls.map((call) => callInProgressOf(call, context)) : [],
    open,
  };
}

/** What was not heard of a call: said, not guessed. Reasons in `incomplete`, in this order. */
type Unheard = 'start_not_heard' | 'end_not_heard' | 'pbx_went_down' | 'gap';

/** `members`: all channels of the call; `id`: its oldest Linkedid. Empty: everything was heard. */
function unheardOf(
  id: string,
  members: readonly Channel[],
  endings: ReadonlyMap<string, Ending>,
  facts: readonly Fact[],
): Unheard[] {
  const ways = members.map(({ uniqueid }) => endings.get(uniqueid)?.by ?? null);
  const isHeard = ({ record, type }: Fact) => record === null && type !== LISTENER_FACT_TYPES.callGivenUp;
  const sessions = new Set(facts.filter(isHeard).map(({ session }) => session));
  const said: readonly [Unheard, boolean][] = [
    ['start_not_heard', members.some(({ opening }) => !opening) || !members.some(({ uniqueid }) => uniqueid === id)],
    ['end_not_heard', ways.some((by) => by !== 'hangup')],
    ['pbx_went_down', ways.includes('pbx_went_down') || members.some(({ shutDown }) => shutDown)],
    ['gap', sessions.size > 1],
  ];
  return said.flatMap(([reason, isSo]) => (isSo ? [reason] : []));
}
