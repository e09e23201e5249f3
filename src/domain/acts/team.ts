/** What admins ask for of teams and of names of places, decided: state and command in, events or a refusal out. */
import type { Directory } from '../directory/directory.ts';
import { NO_PLACE_NAMES, type PlaceNames, placeNamesSchema, type TeamData, teamSchema } from '../directory/team.ts';
import { dataOf } from '../recorded.ts';
import { accepted, type Decision, type Refusal, refused } from './decision.ts';
import type { Last } from './person.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Null: there is none, or no more. Throws `POISON_EVENT`. */
export function teamState(last: Last): TeamData | null {
  return !last || last.type === 'TeamRemoved' ? null : dataOf(last, teamSchema);
}

/** Throws `POISON_EVENT`. */
export function placeNamesState(last: Last): PlaceNames {
  return last ? dataOf(last, placeNamesSchema) : NO_PLACE_NAMES;
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

export const MAX_TEAMS = 200;

/** Registers a team, or makes it what the command says. */
export function putTeam(wanted: TeamData, state: TeamData | null, directory: Directory): Decision {
  const { name, queues, dids } = wanted;
  const data = { name, queues: queues.map(placeIn), dids: dids.map(placeIn) };
  if (state !== null) return isSame(state, data) ? accepted() : accepted({ type: 'TeamChanged', data });
  if (directory.teams.length < MAX_TEAMS) return accepted({ type: 'TeamRegistered', data });
  return refused('TOO_MANY', '#', `A directory has at most ${MAX_TEAMS} teams.`);
}

/** Removes a team without members. */
export function removeTeam(id: string, state: TeamData | null, directory: Directory): Decision {
  if (state === null) return refused('NO_SUCH_TEAM', '#', 'There is no such team.');
  if (directory.membersOf([id]).length > 0) {
    return refused('TEAM_HAS_MEMBERS', '#', 'The team has members; take them out of it first.');
  }
  return accepted({ type: 'TeamRemoved', data: {} });
}

/** Names queues and our numbers: these, and no others. */
export function namePlaces(wanted: PlaceNames, state: PlaceNames): Decision {
  const twice = namedTwice(wanted);
  if (twice) return twice;
  const data = { queues: wanted.queues.map(namedIn), dids: wanted.dids.map(namedIn) };
  return isSame(state, data) ? accepted() : accepted({ type: 'PlacesNamed', data });
}

function namedTwice(wanted: PlaceNames): Refusal | null {
  for (const kind of ['queues', 'dids'] as const) {
    const keys = wanted[kind].map(({ place, pbx }) => JSON.stringify([place, pbx]));
    const again = keys.findIndex((key, at) => keys.indexOf(key) < at);
    if (again >= 0) return refused('TAKEN', `#/${kind}/${again}/place`, 'it is in the list twice');
  }
  return null;
}

type Place = { readonly place: string; readonly pbx?: string | undefined };

function placeIn({ place, pbx }: Place) {
  return { place, ...(pbx === undefined ? {} : { pbx }) };
}

function namedIn({ name, ...place }: Place & { readonly name: string }) {
  return { ...placeIn(place), name };
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
