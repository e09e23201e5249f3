/** The facts of one group → its calls (design §5): pure and total, whatever the facts. */

import type { Bounds } from '../channels/bounds.ts';
import type { Channel } from '../channels/channel.ts';
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
  const isSure = heard.early === heard.late;
  const lateCalls = callsOf(heard.late);
  const earlyCalls = isSure ? lateCalls : callsOf(heard.early);
  const late = groupOf(pbx, heard.late, { calls: lateCalls, rules: rulesFor(rules, pbx) });
  const early = isSure ? late : groupOf(pbx, heard.early, { calls: earlyCalls, rules: late.rules });
  const { ofCalls, unheard } = recordsOf(lateCalls, records);
  const calls = lateCalls.map((call, nth) => {
    const heardCall = (group: Group, facts: readonly Fact[]): HeardCall => {
      return { group, facts, members: group.members[nth] ?? [] };
    };
    const bounds = { early: heardCall(early, earlyCalls[nth] ?? call), late: heardCall(late, call) };
    return foldCall(bounds, { connections: own, records: ofCalls[nth] ?? [] });
  });
  const onlyRecorded = recordedRows(unheard, late).map(({ row }) => row);
  const current = calls.flatMap((call) => call.current);
  const entries = eachOnce([...calls.flatMap((call) => call.entries), ...onlyRecorded], current);
  const hide = hidingIn(late);
  const change = (text: string) => shortText(hide(text));
  return {
    entries: entries.map((entry) => entryWithTexts(withoutHidden(entry, hide), change)),
    current: current.map((call) => withTexts(call, change)),
    formerIds: new Map(calls.flatMap((call) => [...call.formerIds])),
    open: calls.some((call) => call.open),
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

type Records = {
  readonly ofCalls: readonly (readonly ImportedRecord[])[];
  /** of calls that nobody heard */
  readonly unheard: readonly ImportedRecord[];
};

function recordsOf(calls: readonly (readonly Fact[])[], records: readonly ImportedRecord[]): Records {
  const ofCalls = calls.map((): ImportedRecord[] => []);
  if (records.length === 0) return { ofCalls, unheard: [] };
  const callOf = new Map<string, number>();
  for (const [nth, call] of calls.entries()) {
    for (const { uniqueid, linkedid } of call.flatMap(channelsMeant)) {
      callOf.set(uniqueid, nth);
      if (linkedid !== null) callOf.set(linkedid, nth);
    }
  }
  const unheard = records.filter((record) => {
    const its = new Set([record.uniqueid, record.linkedid ?? ''].flatMap((id) => callOf.get(id) ?? []));
    for (const nth of its) ofCalls[nth]?.push(record);
    return its.size === 0;
  });
  return { ofCalls, unheard };
}

type HeardCall = {
  readonly group: Group;
  readonly facts: readonly Fact[];
  readonly members: readonly Channel[];
};

type Situation = {
  readonly connections: readonly Connection[];
  readonly records: readonly ImportedRecord[];
};

function foldCall(call: Bounds<HeardCall>, { connections, records: imported }: Situation): FoldedGroup {
  const facts = { early: call.early.facts, late: call.late.facts };
  const groups = { early: call.early.group, late: call.late.group };
  const members = { early: call.early.members, late: call.late.members };
  const toldRecords = () => facts.late.flatMap(recordOfCdr);
  const records = () => [...imported, ...toldRecords()];
  const endings = withRecordedEndings(endingsOf(facts, members, connections), members.late, records, connections);
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
