/** The facts of one group → its calls (design §5): pure and total, whatever the facts. */

import type { Bounds } from '../channels/bounds.ts';
import type { Connection } from '../channels/connection.ts';
import { type Group, groupOf } from '../channels/group.ts';
import { type Endings, endingsOf } from '../channels/liveness.ts';
import { placedInTime } from '../channels/placedInTime.ts';
import { unheardOf } from '../channels/unheard.ts';
import { type Fact, inOrder } from '../facts/fact.ts';
import { callsOf, channelsMeant } from '../facts/grouping.ts';
import { inTheirLives } from '../facts/lives.ts';
import { recordOfCdr } from '../records/heardRecord.ts';
import type { ImportedRecord } from '../records/importedRecord.ts';
import { inItsLife } from '../records/itsLife.ts';
import { isWhole, withRecordedEndings } from '../records/recordedEndings.ts';
import { recordedRows, refinedRows } from '../records/recordedRows.ts';
import { type Rules, rulesFor } from '../rules.ts';
import { shortText } from '../shortText.ts';
import { callsToLog } from './callsToLog.ts';
import type { HeardEntry, HeardInProgress } from './heardCall.ts';
import { hidingIn, withoutHidden } from './hiding.ts';
import { entryWithTexts, withTexts } from './outsideTexts.ts';
import { type OwnPart, ownPartsOf } from './ownParts.ts';
import { callInProgressOf, rowOf } from './row.ts';
import { agreedTelling, type Telling, tellingOf } from './telling.ts';

export type { Connection };

export type FoldContext = {
  /** in the order of their sessions */
  readonly connections: readonly Connection[];
  readonly rules: Rules;
};

export type FoldedGroup = {
  /** finished calls */
  readonly entries: readonly HeardEntry[];
  readonly current: readonly HeardInProgress[];
  /** by the id that a call has in the PBX's words, those that may have been its id while less was known */
  readonly formerIds: ReadonlyMap<string, readonly string[]>;
  /** a channel was not heard to end */
  readonly open: boolean;
};

/**
 * The rows and the calls in progress of facts that belong together (`keysOf`), in any order. `connections` are those of
 * the facts' PBX. Calls that never left the house are left out unless the rules log them. Call records stand below what
 * was heard: they tell of calls that nobody heard, and of what was missed of others.
 */
export function foldGroup(facts: readonly Fact[], { connections, rules }: FoldContext): FoldedGroup {
  const { facts: ordered, lives } = inTheirLives(inOrder(facts));
  const pbx = ordered[0]?.pbx;
  if (pbx === undefined) return { entries: [], current: [], formerIds: new Map(), open: false };
  const own = connections.filter((connection) => connection.pbx === pbx);
  const records = ordered.flatMap(({ imported }) => (imported && inItsLife(imported, lives, own)) ?? []);
  const heard = placedInTime(
    ordered.filter(({ imported }) => imported === null),
    own,
  );
  const late = groupOf(pbx, heard.late, rulesFor(rules, pbx));
  const isSure = heard.early === heard.late;
  const groups = { late, early: isSure ? late : groupOf(pbx, heard.early, late.rules) };
  const lateCalls = callsOf(heard.late);
  const earlyCalls = isSure ? lateCalls : callsOf(heard.early);
  const calls = lateCalls.map((call, at) => {
    const its = records.filter((record) => isOf(call, record));
    const facts = { early: earlyCalls[at] ?? call, late: call };
    return { its, folded: foldCall(facts, groups, { connections: own, records: its }) };
  });
  const unheard = records.filter((record) => !calls.some(({ its }) => its.includes(record)));
  const onlyRecorded = recordedRows(unheard, late).map(({ row }) => row);
  const current = calls.flatMap(({ folded }) => folded.current);
  const entries = eachOnce([...calls.flatMap(({ folded }) => folded.entries), ...onlyRecorded], current);
  const hide = hidingIn(late);
  const change = (text: string) => shortText(hide(text));
  return {
    entries: entries.map((entry) => entryWithTexts(withoutHidden(entry, hide), change)),
    current: current.map((call) => withTexts(call, change)),
    formerIds: new Map(calls.flatMap(({ folded }) => [...folded.formerIds])),
    open: calls.some(({ folded }) => folded.open),
  };
}

/** What records tell under the id of a call that was heard is that call. */
function eachOnce(entries: readonly HeardEntry[], current: readonly HeardInProgress[]): HeardEntry[] {
  const isRecorded = ({ source }: HeardEntry) => source === 'cdr';
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
};

function foldCall(
  facts: Bounds<readonly Fact[]>,
  groups: Bounds<Group>,
  { connections, records: imported }: Situation,
): FoldedGroup {
  const ids = new Set(facts.late.flatMap((fact) => channelsMeant(fact).map(({ uniqueid }) => uniqueid)));
  const membersOf = ({ channels }: Group) => [...channels.values()].filter(({ uniqueid }) => ids.has(uniqueid));
  const members = membersOf(groups.late);
  const toldRecords = () => facts.late.flatMap(recordOfCdr);
  const records = () => [...imported, ...toldRecords()];
  const endings = withRecordedEndings(
    endingsOf(facts, { early: membersOf(groups.early), late: members }, connections),
    members,
    records,
    connections,
  );
  const parts = ownPartsOf(facts.late, groups.late, endings.late);
  const tellingsOf = (bound: keyof Bounds<Group>): PartTold[] =>
    parts.flatMap((part) =>
      callsToLog(groups[bound], part).map((call) => ({
        part,
        telling: tellingOf(call, groups[bound], endings[bound]),
      })),
    );
  const late = tellingsOf('late');
  const told = isSure(groups, endings) ? late : agreedTellings({ early: tellingsOf('early'), late });
  const open = [...endings.late.values()].some((ending) => ending.open);
  const current = told.filter(({ part }) => !part.isOver).map(({ telling }) => callInProgressOf(telling));
  const formerIds = new Map(told.map(({ part }) => [part.id, part.formerIds]));
  const rows = told
    .filter(({ part }) => part.isOver)
    .map(({ part, telling }) => {
      const { id, members } = telling.call;
      const own = parts.length === 1 ? facts.late : factsOf(part, facts.late);
      return { telling, row: rowOf(telling, unheardOf(id, members, endings.late, own)) };
    });
  if (rows.every(({ row }) => row.incomplete.length === 0)) {
    return { entries: rows.map(({ row }) => row), current, formerIds, open };
  }
  const byHeard = recordedRows(toldRecords(), groups.late);
  const byAll = imported.length === 0 ? byHeard : recordedRows(records(), groups.late);
  return {
    entries: refinedRows(rows, { told: byHeard, all: byAll, isWhole: isWhole(records()) }, endings.late),
    current,
    formerIds,
    open,
  };
}

type PartTold = { readonly part: OwnPart; readonly telling: Telling };

/** What was said of a part of the channels that were joined. */
function factsOf({ members }: OwnPart, facts: readonly Fact[]): readonly Fact[] {
  const ids = new Set(members);
  return facts.filter((fact) => channelsMeant(fact).some(({ uniqueid }) => ids.has(uniqueid)));
}

function isSure(groups: Bounds<Group>, { early, late }: Bounds<Endings>): boolean {
  return groups.early === groups.late && [...late].every(([uniqueid, { at }]) => early.get(uniqueid)?.at === at);
}

function agreedTellings({ early, late }: Bounds<readonly PartTold[]>): PartTold[] {
  return late.map(({ part, telling }, at) => ({
    part,
    telling: agreedTelling({ early: early[at]?.telling ?? telling, late: telling }),
  }));
}
