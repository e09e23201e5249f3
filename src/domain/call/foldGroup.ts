/** The facts of one group → its rows (design §5): pure and total, whatever the facts. */

import { derivationOf } from '../derivation.ts';
import type { CallEntry } from '../entry.ts';
import { LISTENER_FACT_TYPES } from '../events.ts';
import { type Fact, inOrder } from '../facts/fact.ts';
import { callsOf, channelsMeant } from '../facts/grouping.ts';
import type { ImportedRecord } from '../records/importedRecord.ts';
import { withRecordedEndings } from '../records/recordedEndings.ts';
import { recordedRows, refinedRows } from '../records/recordedRows.ts';
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
 * the facts' PBX. Calls that never left the house are left out unless the rules log them. Call records stand below what
 * was heard: they tell of calls that nobody heard, and of what was missed of others.
 */
export function foldGroup(facts: readonly Fact[], { connections, rules }: FoldContext): FoldedGroup {
  const ordered = inOrder(facts);
  const pbx = ordered[0]?.pbx;
  if (pbx === undefined) return { entries: [], current: [], open: false };
  const heard = ordered.filter(({ imported }) => imported === null);
  const records = ordered.flatMap(({ imported }) => imported ?? []);
  const group = groupOf(pbx, heard, rulesFor(rules, pbx));
  const own = connections.filter((connection) => connection.pbx === pbx);
  const derivation = derivationOf(rules);
  const calls = callsOf(heard).map((call) => ({ call, its: records.filter((record) => isOf(call, record)) }));
  const folded = calls.map(({ call, its }) => foldCall(call, group, { connections: own, records: its, derivation }));
  const unheard = records.filter((record) => !calls.some(({ its }) => its.includes(record)));
  const onlyRecorded = recordedRows(unheard, { ...group, derivation }).map(({ row }) => row);
  const current = folded.flatMap((call) => call.current);
  return {
    entries: eachOnce([...folded.flatMap(({ entries }) => entries), ...onlyRecorded], current),
    current,
    open: folded.some(({ open }) => open),
  };
}

/** What records tell under the id of a call that was heard is that call. */
function eachOnce(entries: readonly CallEntry[], current: readonly CallInProgress[]): CallEntry[] {
  const isRecorded = ({ source }: CallEntry) => source === 'cdr';
  const ids = new Set([...current, ...entries.filter((entry) => !isRecorded(entry))].map(({ id }) => id));
  return entries.filter((entry) => {
    if (!isRecorded(entry)) return true;
    const isNew = !ids.has(entry.id);
    ids.add(entry.id);
    return isNew;
  });
}

function isOf(call: readonly Fact[], { uniqueid, linkedid }: ImportedRecord): boolean {
  const names = (id: string | null) => id === uniqueid || (id !== null && id === linkedid);
  return call.some((fact) => channelsMeant(fact).some((channel) => names(channel.uniqueid) || names(channel.linkedid)));
}

type Situation = {
  readonly connections: readonly Connection[];
  readonly records: readonly ImportedRecord[];
  readonly derivation: string;
};

function foldCall(facts: readonly Fact[], group: Group, { connections, records, derivation }: Situation): FoldedGroup {
  const ids = new Set(facts.flatMap((fact) => channelsMeant(fact).map(({ uniqueid }) => uniqueid)));
  const members = [...group.channels.values()].filter(({ uniqueid }) => ids.has(uniqueid));
  const heardEndings = endingsOf(facts, members, connections);
  const endings = withRecordedEndings(heardEndings, members, records, connections);
  const open = [...endings.values()].some((ending) => ending.open);
  const calls = callsToLog(group, members);
  const incomplete = unheardOf(calls[0]?.id ?? members[0]?.uniqueid ?? '', members, endings, facts);
  const context = { group, endings, incomplete, derivation };
  if (open) return { entries: [], current: calls.map((call) => callInProgressOf(call, context)), open };
  const rows = calls.map((call) => ({ call, row: rowOf(call, context) }));
  const recorded = incomplete.length === 0 ? [] : recordedRows(records, { ...group, derivation });
  return { entries: refinedRows(rows, recorded, endings), current: [], open };
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
