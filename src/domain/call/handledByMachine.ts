import { type Group, kindIn } from '../channels/group.ts';
import type { CallToLog } from './callsToLog.ts';

/** Somebody outside picked up, and a machine spoke: one that met it, or the PBX itself that had called for no phone. */
export function handledByMachine({ direction, party, members }: CallToLog, group: Group): boolean {
  if (direction !== 'outbound' || !party.isUp) return false;
  const met = group.contacts.flatMap(({ channels }) => (channels.includes(party.uniqueid) ? channels : []));
  if (met.some((uniqueid) => kindIn(group, uniqueid) === 'machine')) return true;
  return !members.some(({ uniqueid }) => kindIn(group, uniqueid) === 'extension');
}
