/** Call records that belong together, and what they say of their channels. */
import type { KnownKind } from '../channels/channelKind.ts';
import type { CallRules } from '../rules.ts';
import type { ImportedRecord } from './importedRecord.ts';
import { type RecordedChannel, recordedChannels, recordedKinds } from './recordedChannels.ts';

export type RecordedGroup = {
  readonly pbx: string;
  readonly rules: CallRules;
  /** in order, each once */
  readonly records: readonly ImportedRecord[];
  readonly channels: ReadonlyMap<string, RecordedChannel>;
  readonly channelKinds: ReadonlyMap<string, KnownKind>;
};

export function recordedGroupOf(pbx: string, imported: readonly ImportedRecord[], rules: CallRules): RecordedGroup {
  const records = distinct(inOrder(imported));
  const channels = recordedChannels(records);
  return { pbx, rules, records, channels, channelKinds: recordedKinds(channels, rules) };
}

/** As the calls went on; what leaves two records equal in that has an order all the same, whatever came first. */
function inOrder(records: readonly ImportedRecord[]): ImportedRecord[] {
  const placed = records.map((record) => ({ record, text: JSON.stringify(record) }));
  placed.sort(
    (a, b) =>
      a.record.beganAt - b.record.beganAt ||
      (a.record.sequence ?? 0) - (b.record.sequence ?? 0) ||
      (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
  );
  return placed.map(({ record }) => record);
}

/** The same record from two sources is one, with the columns of both. */
function distinct(records: readonly ImportedRecord[]): ImportedRecord[] {
  const known = new Map<string, ImportedRecord>();
  for (const record of records) {
    const { uniqueid, beganAt, endedAt, channel, destinationChannel, lastApplication, disposition } = record;
    const key = JSON.stringify([uniqueid, beganAt, endedAt, channel, destinationChannel, lastApplication, disposition]);
    const other = known.get(key);
    known.set(key, other ? together(other, record) : record);
  }
  return [...known.values()];
}

function together(a: ImportedRecord, b: ImportedRecord): ImportedRecord {
  return {
    ...a,
    linkedid: a.linkedid ?? b.linkedid,
    context: a.context ?? b.context,
    source: a.source ?? b.source,
    callerNumber: a.callerNumber ?? b.callerNumber,
    callerName: a.callerName ?? b.callerName,
    destination: a.destination ?? b.destination,
    did: a.did ?? b.did,
    lastData: a.lastData ?? b.lastData,
    sequence: a.sequence ?? b.sequence,
    answeredAt: a.answeredAt ?? b.answeredAt,
    isAmbiguous: a.isAmbiguous && b.isAmbiguous,
  };
}
