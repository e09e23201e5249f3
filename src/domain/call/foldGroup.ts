/** The facts of one group → its rows (design §5): pure and total, whatever the facts. */

import { derivationOf } from '../derivation.ts';
import type { CallEntry } from '../entry.ts';
import { type Fact, inOrder } from '../facts/fact.ts';
import { callsOf, channelsMeant } from '../facts/grouping.ts';
import { type Rules, rulesFor } from '../rules.ts';
import { callsToLog } from './callsToLog.ts';
import { type Group, groupOf } from './group.ts';
import { unheardOf } from './incomplete.ts';
import { type Connection, endingsOf } from './liveness.ts';
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
