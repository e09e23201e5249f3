import { isMachineApplication } from '../call/handledByMachine.ts';
import { cameIn, type RecordedChannel } from './recordedChannels.ts';
import type { RecordedGroup } from './recordedGroup.ts';
import { machinesInRecords, type RecordedTalk } from './talksInRecords.ts';

/** Whether a machine spoke with the outside party, and no person did; null: the records do not tell. */
export type RecordedByMachine = {
  readonly isSo: boolean | null;
  readonly rule: string;
  /** the names of the channels that tell it */
  readonly channels: readonly string[];
};

/** Of a caller whom the PBX answered records tell the last application: who had spoken before is in none. */
export function recordedByMachine(
  group: RecordedGroup,
  party: RecordedChannel,
  talks: readonly RecordedTalk[],
): RecordedByMachine {
  const told = (isSo: boolean | null, rule: string, channels: readonly string[] = []) => ({ isSo, rule, channels });
  if (talks.length > 0) return told(false, 'recorded_person_spoke');
  const machines = machinesInRecords(group, party);
  if (machines.length > 0) return told(true, 'recorded_machine_answered', machines);
  const answered = [...party.calling, ...party.called].filter(isAnswered);
  if (answered.length === 0) return told(false, 'recorded_nobody_answered');
  if (answered.some(({ lastApplication }) => isMachineApplication(lastApplication))) {
    return told(true, 'recorded_machine_answered', [party.name]);
  }
  if (cameIn(party)) return told(null, 'not_recorded');
  const isForPhone = [...group.channelKinds.values()].some(({ kind }) => kind === 'extension');
  return isForPhone ? told(null, 'not_recorded') : told(true, 'recorded_for_no_phone', [party.name]);
}

function isAnswered({ disposition, answeredAt }: RecordedChannel['calling'][number]): boolean {
  return disposition === 'ANSWERED' && answeredAt !== null;
}
