/** When the outside party was last with somebody: what it goes on with alone (a survey, a menu, a bot) is no talk. */

import type { Parting } from '../channels/bridge.ts';
import { otherIn } from '../channels/contacts.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Endings } from '../channels/liveness.ts';
import { earlier, later, type Micros } from '../time.ts';
import type { CallToLog } from './callsToLog.ts';

/** When one hangs up, the PBX ends the other's part in less than this. */
const AT_ONCE = 1_000_000;

/**
 * The end of the outside party's last contact with a person inside or outside, and of the hold after it; the end of its own
 * part where that was not heard when it was. Null: not known.
 */
export function talkEndOf({ party }: CallToLog, group: Group, endings: Endings): Micros | null {
  const endedAt = endings.get(party.uniqueid)?.at ?? null;
  if (party.hangup === null || endedAt === null) return endedAt;
  const moves = group.movements.get(party.uniqueid) ?? [];
  const endWith = ({ at: to, isLate }: Parting, person: string | null) => {
    if (to === null || isLate) return endedAt;
    // whoever turns to another keeps it waiting in the bridge, as long as that one has not gone as well
    const left = moves.find(({ at }) => at !== null && at >= to)?.at ?? null;
    return later(to, earlier(left, person === null ? null : (endings.get(person)?.at ?? null)));
  };
  let end: Micros | null = null;
  for (const contact of group.contacts.of(party.uniqueid)) {
    const { to: at, isLate } = contact;
    const person = otherIn(contact, party.uniqueid);
    if (isPerson(group, person)) end = later(end, endWith({ at, isLate }, person));
  }
  if (isAtOnce(end, endedAt)) return endedAt;
  for (const parting of group.contacts.withStrangers(party.uniqueid)) {
    end = later(end, endWith(parting, null));
    // in a conference somebody is there until the end, so nobody looks at all the others
    if (isAtOnce(end, endedAt)) return endedAt;
  }
  return end ?? endedAt;
}

function isAtOnce(end: Micros | null, endedAt: Micros): boolean {
  return end !== null && endedAt - end <= AT_ONCE;
}

function isPerson(group: Group, uniqueid: string): boolean {
  const kind = kindIn(group, uniqueid);
  return kind === 'extension' || kind === 'trunk';
}
