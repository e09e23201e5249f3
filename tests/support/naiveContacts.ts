import type { Contact } from '../../src/domain/channels/contacts.ts';
import type { Movement } from '../../src/domain/channels/movements.ts';

/** Who was connected with whom: all that hear each other are looked for anew after each step. `halves`: of Local channels. */
export function naiveContacts(movements: readonly Movement[], halves: ReadonlyMap<string, string>): Contact[] {
  const contacts: Contact[] = [];
  const whereabouts = new Map<string, string>();
  const compare = ({ at, isLate }: Movement): void => {
    const now = new Set([...whereabouts.keys()].flatMap((one) => pairsOf(one, whereabouts, halves)));
    for (const contact of contacts) {
      const [a, b] = contact.channels;
      if (open.get(`${a} ${b}`) !== contact || now.has(`${a} ${b}`)) continue;
      Object.assign(contact, { to: at, isLate: contact.isLate || isLate });
      open.delete(`${a} ${b}`);
    }
    for (const pair of now) {
      const [a = '', b = ''] = pair.split(' ');
      if (open.has(pair)) continue;
      const contact: Contact = { channels: [a, b], from: at, to: null, isLate };
      contacts.push(contact);
      open.set(pair, contact);
    }
  };
  const open = new Map<string, Contact>();
  for (const movement of movements) {
    whereabouts.delete(movement.uniqueid);
    compare(movement);
    if (movement.bridge === null) continue;
    whereabouts.set(movement.uniqueid, movement.bridge);
    compare(movement);
  }
  return contacts;
}

/** `a b` of each who hears it, the smaller name first. */
function pairsOf(
  start: string,
  whereabouts: ReadonlyMap<string, string>,
  halves: ReadonlyMap<string, string>,
): string[] {
  if (halves.has(start)) return [];
  const bridges = new Set([whereabouts.get(start)]);
  for (const bridge of bridges) {
    for (const [one, other] of halves) {
      const there = whereabouts.get(other);
      if (whereabouts.get(one) === bridge && there !== undefined) bridges.add(there);
    }
  }
  const heard = [...whereabouts].filter(([one, bridge]) => one !== start && !halves.has(one) && bridges.has(bridge));
  return heard.map(([one]) => (one < start ? `${one} ${start}` : `${start} ${one}`));
}
