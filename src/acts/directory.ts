import { randomUUID } from 'node:crypto';
import type { Decision } from '../domain/acts/decision.ts';
import {
  invitePerson,
  type Last,
  personState,
  putPerson,
  removePerson,
  revocationsOf,
  revokeAccess,
} from '../domain/acts/person.ts';
import { namePlaces, placeNamesState, putTeam, removeTeam, teamState } from '../domain/acts/team.ts';
import type { Directory } from '../domain/directory/directory.ts';
import { type PersonData, personSchema } from '../domain/directory/person.ts';
import type { PlaceNames, TeamData } from '../domain/directory/team.ts';
import { type Author, type JsonObject, type Role, streamOf } from '../domain/events.ts';
import { toRfc3339 } from '../domain/time.ts';
import { CommslogError, hasCode } from '../errors.ts';
import { endOf } from '../log/streamEnds.ts';
import { transact } from '../log/transact.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { peopleFactsOf } from './peopleFacts.ts';
import { type Precondition, requireVersion, type Version } from './precondition.ts';

/** Which person or team, if it is at a version that may be changed, and who says so. */
export type DirectoryChange = { readonly id: string; readonly onlyIf?: Precondition; readonly author: Author };

export type Written = {
  readonly result: 'registered' | 'changed' | 'unchanged';
  readonly version: Version;
  readonly data: JsonObject;
};

/** Registers a person, or makes it what is wanted; returns when readers see it, or after two seconds. */
export async function registerPerson(
  deps: ActDeps,
  change: DirectoryChange,
  wanted: Omit<PersonData, 'invited_at' | 'revocations'>,
): Promise<Written & { readonly person: PersonData }> {
  const { id } = change;
  const written = await changeDirectory(deps, streamOf.person(id), change, (last, directory) =>
    putPerson({ id, wanted, revocations: revocationsOf(last) }, personState(last), directory),
  );
  return { ...written, person: personSchema.parse(written.data) };
}

/** As whom somebody who was invited signs in. */
export type Invited = { readonly sub: string; readonly role: Role };

/** Records that a person gets a link; who has no `sub` is given one. Errors: those of `changeDirectory`. */
export async function invite(deps: ActDeps, change: DirectoryChange): Promise<Invited> {
  const by = { at: toRfc3339(deps.clock.now()), sub: randomUUID() };
  const { data } = await changeDirectory(deps, streamOf.person(change.id), change, (last) =>
    invitePerson(by, personState(last)),
  );
  const { sub = by.sub, role = 'agent' } = personSchema.parse(data);
  return { sub, role };
}

/** What was issued to a person until now does not count any more. Returns as whom; null: they never signed in. */
export async function revoke(deps: ActDeps, change: DirectoryChange): Promise<string | null> {
  const at = toRfc3339(deps.clock.now());
  const { data } = await changeDirectory(deps, streamOf.person(change.id), change, (last) =>
    revokeAccess(personState(last), at),
  );
  return personSchema.parse(data).sub ?? null;
}

/** Removes a person; the calls stay, and are no one's, and what was issued to them until now does not count any more. */
export async function unregisterPerson(deps: ActDeps, change: DirectoryChange): Promise<void> {
  const at = toRfc3339(deps.clock.now());
  await changeDirectory(deps, streamOf.person(change.id), change, (last) => removePerson(personState(last), at));
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
    data: events.at(-1)?.data ?? to.last?.data ?? {},
  };
}

function erased(cause: unknown): CommslogError {
  return new CommslogError('CONFLICT', 'This person was erased; the id cannot be used again.', { cause });
}
