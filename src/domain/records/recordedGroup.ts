/** Call records that belong together, and what they say of their channels. */
import type { KnownKind } from '../call/channelKinds.ts';
import type { PbxRules } from '../rules.ts';
import type { ImportedRecord } from './importedRecord.ts';
import { type RecordedChannel, recordedChannels, recordedKinds } from './recordedChannels.ts';

export type RecordedGroup = {
  readonly pbx: string;
  readonly rules: PbxRules;
  /** in order, each once */
  readonly records: readonly ImportedRecord[];
  readonly channels: ReadonlyMap<string, RecordedChannel>;
  readonly channelKinds: ReadonlyMap<string, KnownKind>;
};

export function recordedGroupOf(pbx: string, imported: readonly ImportedRecord[], rules: PbxRules): RecordedGroup {
  const records = distinct(imported).sort((a, b) => a.beganAt - b.beganAt || (a.sequence ?? 0) - (b.sequence ?? 0));
  const channels = recordedChannels(records);
  return { pbx, rules, records, channels, channelKinds: recordedKinds(channels, rules) };
}

/** The same record from two sources is one. */
function distinct(records: readonly ImportedRecord[]): ImportedRecord[] {
  const seen = new Set<string>();
  return records.filter(({ uniqueid, beganAt, endedAt, channel, destinationChannel, lastApplication, disposition }) => {
    const key = JSON.stringify([uniqueid, beganAt, endedAt, channel, destinationChannel, lastApplication, disposition]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
