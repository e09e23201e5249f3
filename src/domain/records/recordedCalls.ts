/** The calls with the outside that call records tell of, question by question. */

import { compareCallIds } from '../callId.ts';
import { isLocal, parseChannelName } from '../channels/channelName.ts';
import type { Direction } from '../entry.ts';
import { latest, type Micros } from '../time.ts';
import { dialledAs } from './dialledAs.ts';
import type { ImportedRecord } from './importedRecord.ts';
import { type RecordedByMachine, recordedByMachine } from './recordedByMachine.ts';
import { cameIn, firstSeen, type RecordedChannel, takesPart } from './recordedChannels.ts';
import type { RecordedGroup } from './recordedGroup.ts';
import { type RecordedOutcome, recordedOutcome } from './recordedOutcome.ts';
import { type RecordedTalk, talkEndInRecords, talksInRecords } from './talksInRecords.ts';

/** One row to be. */
export type RecordedCall = {
  readonly direction: Direction;
  readonly id: string;
  readonly idRule: 'oldest_linkedid' | 'own_uniqueid';
  /** the outside party's channel; of an internal call the caller's */
  readonly party: RecordedChannel;
  /** the record that the call began with */
  readonly first: ImportedRecord;
  /** an outbound call: the PBX was asked to call the phone first (click-to-call) */
  readonly isPlacedByPbx: boolean;
  readonly talks: readonly RecordedTalk[];
  readonly outcome: RecordedOutcome;
  readonly byMachine: RecordedByMachine;
  readonly occurredAt: Micros;
  /** null: nobody answered, or the records do not tell when */
  readonly answeredAt: Micros | null;
  readonly endedAt: Micros;
  /** when the last talk was over */
  readonly talkedUntil: Micros;
  /** when it stopped ringing; null: not told */
  readonly rangUntil: Micros | null;
  /** the phones that were called */
  readonly rang: readonly RecordedChannel[];
  readonly members: readonly RecordedChannel[];
};

/** None when nobody outside took part, unless internal calls are logged. */
export function recordedCalls(group: RecordedGroup): RecordedCall[] {
  const id = oldestId(group.records);
  const trunks = of(group, 'trunk').filter(takesPart).sort(byAppearance);
  const [first] = trunks;
  if (!first) return group.rules.log_internal ? internal(group, id) : [];
  const party = cameIn(first) ? first : outsideParty(group, trunks, first);
  const ids = new Set([id]);
  const own = trunks.filter((trunk) => {
    const isOwn = trunk !== party && cameIn(trunk) && trunk.uniqueid !== null && !ids.has(trunk.uniqueid);
    if (!isOwn || !spokeInside(group, trunk)) return false;
    ids.add(trunk.uniqueid ?? '');
    return true;
  });
  const members = [...group.channels.values()];
  return [
    callOf(group, party, { id, idRule: 'oldest_linkedid', members: members.filter((one) => !own.includes(one)) }),
    ...own.map((trunk) => callOf(group, trunk, ownIdentity(trunk))),
  ].flatMap((call) => call ?? []);
}

type Identity = Pick<RecordedCall, 'id' | 'idRule' | 'members'>;

function ownIdentity(trunk: RecordedChannel): Identity {
  return { id: trunk.uniqueid ?? '', idRule: 'own_uniqueid', members: [trunk] };
}

function callOf(group: RecordedGroup, party: RecordedChannel, identity: Identity): RecordedCall | null {
  const isInbound = cameIn(party);
  const opening = group.records.find(({ uniqueid }) => uniqueid === identity.id);
  const first = isInbound ? party.calling[0] : (opening ?? party.called[0]);
  if (!first) return null;
  const talks = talksInRecords(group, party);
  const byMachine = recordedByMachine(group, party, talks);
  const outcome = recordedOutcome(group, party, { talks, byMachine });
  const isPlacedByPbx = !isInbound && wasPlacedByPbx(first);
  const answeredAt = talks[0]?.answeredAt ?? null;
  const endedAt = lastEnd([...party.calling, ...party.called], first.endedAt);
  const pickedUpAt = !isInbound && byMachine.isSo ? wasPickedUp(party) : null;
  const rangUntil = talks.length > 0 ? answeredAt : (outcome.voicemailAt ?? pickedUpAt ?? endedAt);
  return {
    direction: isInbound ? 'inbound' : 'outbound',
    ...identity,
    party,
    first,
    isPlacedByPbx,
    talks,
    outcome,
    byMachine,
    occurredAt: first.beganAt,
    // that of its own phone is in the record, that of the other side is not
    answeredAt: isPlacedByPbx ? null : answeredAt,
    rangUntil: isPlacedByPbx ? null : rangUntil,
    endedAt,
    talkedUntil: talkEndInRecords(group, party, { talks, endedAt }),
    rang: dialledPhones(group),
  };
}

const NOBODY_OUTSIDE: RecordedByMachine = { isSo: false, rule: 'nobody_outside', channels: [] };

function internal(group: RecordedGroup, id: string): RecordedCall[] {
  const first = group.records.find(({ uniqueid }) => uniqueid === id) ?? group.records[0];
  const party = of(group, 'extension').find(({ calling }) => calling.length > 0);
  if (!first || !party) return [];
  const talks = talksInRecords(group, party);
  const answeredAt = talks[0]?.answeredAt ?? null;
  const endedAt = lastEnd(party.calling, first.endedAt);
  return [
    {
      direction: 'internal',
      id,
      idRule: 'oldest_linkedid',
      members: [...group.channels.values()],
      party,
      first,
      isPlacedByPbx: false,
      talks,
      outcome: recordedOutcome(group, party, { talks, byMachine: NOBODY_OUTSIDE }),
      byMachine: NOBODY_OUTSIDE,
      occurredAt: first.beganAt,
      answeredAt,
      endedAt,
      talkedUntil: talkEndInRecords(group, party, { talks, endedAt }),
      rangUntil: answeredAt ?? endedAt,
      rang: dialledPhones(group),
    },
  ];
}

/** The first trunk that was connected with a phone inside, else with anybody, else the last that was dialled. */
function outsideParty(
  group: RecordedGroup,
  trunks: readonly RecordedChannel[],
  first: RecordedChannel,
): RecordedChannel {
  const dialled = trunks.filter((trunk) => !cameIn(trunk));
  return (
    dialled.find((trunk) => spokeInside(group, trunk)) ??
    dialled.find((trunk) => talksInRecords(group, trunk).length > 0) ??
    dialled.at(-1) ??
    first
  );
}

function spokeInside(group: RecordedGroup, trunk: RecordedChannel): boolean {
  return talksInRecords(group, trunk).some(({ isOutside }) => !isOutside);
}

function wasPickedUp({ called }: RecordedChannel): Micros | null {
  return called.find(({ disposition }) => disposition === 'ANSWERED')?.answeredAt ?? null;
}

/** Then the caller's number is that of the person who is to be called, or the call begins with a Local channel. */
function wasPlacedByPbx(first: ImportedRecord): boolean {
  if (first.channel === null) return false;
  const name = parseChannelName(first.channel);
  const called = [first.destination, dialledAs(first)?.number ?? null];
  return isLocal(name) || (first.callerNumber !== null && called.includes(first.callerNumber));
}

function dialledPhones(group: RecordedGroup): RecordedChannel[] {
  return of(group, 'extension').filter(({ called }) => called.some((record) => dialledAs(record) !== null));
}

function of(group: RecordedGroup, kind: string): RecordedChannel[] {
  return [...group.channels.values()].filter(({ name }) => group.channelKinds.get(name)?.kind === kind);
}

/** Who came in stands before those that were dialled for it in the same second. */
function byAppearance(a: RecordedChannel, b: RecordedChannel): number {
  return firstSeen(a) - firstSeen(b) || Number(cameIn(b)) - Number(cameIn(a));
}

function lastEnd(records: readonly ImportedRecord[], atLeast: Micros): Micros {
  return latest(atLeast, ...records.map(({ endedAt }) => endedAt));
}

function oldestId(records: readonly ImportedRecord[]): string {
  const ids = records.map(({ linkedid, uniqueid }) => linkedid ?? uniqueid);
  return ids.sort(compareCallIds)[0] ?? '';
}
