import { otherIn } from '../channels/contacts.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { CallToLog } from './callsToLog.ts';
import type { Conversation } from './conversations.ts';

/** Whether a machine spoke with the outside party, and no person did. */
export type ByMachine = {
  readonly isSo: boolean;
  readonly rule: string;
  /** the names of the channels that tell it */
  readonly channels: readonly string[];
};

/** Applications of the dialplan that hand the caller's voice to a program, without a channel of their own. */
const APPLICATIONS: ReadonlySet<string> = new Set(['audiosocket']);

export function isMachineApplication(application: string | null): boolean {
  return APPLICATIONS.has(application?.toLowerCase() ?? '');
}

/**
 * A machine that met the outside party (a bot, an AI agent), or the PBX itself, where it had called the outside and no phone.
 * Its menus, queues and voicemail are none: a caller waits there for a person, or left a message. `talks`: with people.
 */
export function handledByMachine(
  { direction, party, members }: CallToLog,
  talks: readonly Conversation[],
  group: Group,
): ByMachine {
  const told = (isSo: boolean, rule: string, channels: readonly string[] = []) => ({ isSo, rule, channels });
  if (direction === 'internal') return told(false, 'nobody_outside');
  if (talks.length > 0) return told(false, 'a_person_spoke');
  if (!party.isUp) return told(false, 'no_machine_spoke');
  const machines = machinesMet(party.uniqueid, group);
  if (machines.length > 0) return told(true, 'met_a_machine', machines);
  if (party.records.some(({ lastApplication }) => isMachineApplication(lastApplication))) {
    return told(true, 'was_handed_to_a_machine', [party.name ?? '']);
  }
  const isForPhone = members.some(({ uniqueid }) => kindIn(group, uniqueid) === 'extension');
  if (direction === 'outbound' && !isForPhone) return told(true, 'called_for_no_phone', [party.name ?? '']);
  return told(false, 'no_machine_spoke');
}

function machinesMet(outside: string, group: Group): string[] {
  const met = group.contacts.of(outside).map((contact) => otherIn(contact, outside));
  const machines = new Set(met.filter((uniqueid) => kindIn(group, uniqueid) === 'machine'));
  return [...machines].map((uniqueid) => group.channels.get(uniqueid)?.name ?? '');
}
