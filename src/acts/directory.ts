import type { Decision } from '../domain/acts/decision.ts';
import { type Last, personState, putPerson, removePerson } from '../domain/acts/person.ts';
import { namePlaces, placeNamesState, putTeam, removeTeam, teamState } from '../domain/acts/team.ts';
import type { Directory } from '../domain/directory/directory.ts';
import type { PersonData } from '../domain/directory/person.ts';
import type { PlaceNames, TeamData } from '../domain/directory/team.ts';
import { type Author, streamOf } from '../domain/events.ts';
import { CommslogError, hasCode } from '../errors.ts';
import { endOf } from '../log/streamEnds.ts';
import { transact } from '../log/transact.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { peopleFactsOf } from './peopleFacts.ts';
import { type Precondition, requireVersion, type Version } from './precondition.ts';

/** Which person or team, if it is at a version that may be changed, and who says so. */
export type DirectoryChange = { readonly id: string; readonly onlyIf?: Precondition; readonly author: Author };

export type Written = { readonly result: 'registered' | 'changed' | 'unchanged'; readonly version: Version };

/** Registers a person, or makes it what is wanted; returns when readers see it, or after two seconds. */
export function registerPerson(deps: ActDeps, change: DirectoryChange, wanted: PersonData): Promise<Written> {
  const { id } = change;
  return changeDirectory(deps, streamOf.person(id), change, (last, directory) =>
    putPerson({ id, wanted }, personState(last), directory),
  );
}

/** Removes a person; the calls stay, and are no one's. */
export async function unregisterPerson(deps: ActDeps, change: DirectoryChange): Promise<void> {
  await changeDirectory(deps, streamOf.person(change.id), change, (last) => removePerson(personState(last)));
}

export function registerTeam(deps: ActDeps, change: DirectoryChange, wanted: TeamData): Promise<Written> {
  return changeDirectory(deps, streamOf.team(change.id), change, (last, directory) =>
    putTeam(wanted, teamState(last), directory),
  );
}

export async function unregisterTeam(deps: ActDeps, change: DirectoryChange): Promise<void> {
  await changeDirectory(deps, streamOf.team(change.id), change, (last, directory) =>
    removeTeam(change.id, teamState(last), directory),
  );
}

/** The names of queues and of our numbers are these from now on. */
export function nameAllPlaces(deps: ActDeps, author: Author, wanted: PlaceNames): Promise<Written> {
  const change = { id: 'places', author };
  return changeDirectory(deps, streamOf.places, change, (last) => namePlaces(wanted, placeNamesState(last)));
}

/**
 * Decides on one stream of the directory, and on what readers see of the others, and appends what follows, if anything.
 * Errors: what the decision refuses, `STREAM_DELETED` as `CONFLICT`, `PRECONDITION_FAILED`, `CONFLICT`, those of the log.
 */
async function changeDirectory(
  deps: ActDeps,
  stream: string,
  { id, onlyIf, author }: DirectoryChange,
  decide: (last: Last, directory: Directory) => Decision,
): Promise<Written> {
  const { log, readModel, clock } = deps;
  const { to, events, revision, position } = await transact(
    log,
    async () => ({ end: await endOf(log, stream), directory: await readModel.directory() }),
    ({ end, directory }) => {
      const isThere = end.last !== undefined && !end.last.type.endsWith('Removed');
      requireVersion(onlyIf, isThere && end.last ? { id, revision: end.last.revision } : null);
      return { to: end, events: peopleFactsOf(decide(end.last, directory), { author, now: clock.now() }) };
    },
  ).catch((error: unknown) => {
    throw hasCode(error, 'STREAM_DELETED') ? erased(error) : error;
  });
  await untilVisible(deps, position);
  const wasThere = to.last !== undefined && !to.last.type.endsWith('Removed');
  return {
    result: events.length === 0 ? 'unchanged' : wasThere ? 'changed' : 'registered',
    version: { id, revision },
  };
}

function erased(cause: unknown): CommslogError {
  return new CommslogError('CONFLICT', 'This person was erased; the id cannot be used again.', { cause });
}
