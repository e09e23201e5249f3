import { z } from 'zod';
import type { ActDeps } from '../../acts/deps.ts';
import { nameAllPlaces, registerPerson, registerTeam, unregisterPerson, unregisterTeam } from '../../acts/directory.ts';
import { type Person, personOf, type Team } from '../../domain/directory/directory.ts';
import type { PlaceNames } from '../../domain/directory/team.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { ADMINS, ANYONE } from '../auth/principal.ts';
import { ifMatchHeader } from '../contract/contract.ts';
import {
  directoryParams,
  personSchema,
  placeNamesSchema,
  putPersonBody,
  putPlaceNamesBody,
  putTeamBody,
  teamSchema,
} from '../contract/directoryContract.ts';
import { etagOf, preconditionOf } from '../kit/etag.ts';
import { defineRoute, nothing, type Reply, type Route } from '../kit/route.ts';

/** Who is who: people and their extensions, teams, names of places. */
export function directoryRoutes(deps: ActDeps): Route[] {
  return [...personRoutes(deps), ...teamRoutes(deps), ...placeNameRoutes(deps)];
}

function personRoutes(deps: ActDeps): Route[] {
  const onPerson = { path: '/api/crm/people/{id}', params: directoryParams, query: nothing } as const;
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/people',
      summary: 'People by name, with the extensions that are or were theirs',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(personSchema) }) } },
      handler: async ({ viewer }) => {
        const { directory, principal } = await viewer();
        const isAdmin = ADMINS.includes(principal.role);
        return { status: 200, json: { items: directory.people.map((person) => shownPerson(person, isAdmin)) } };
      },
    }),
    defineRoute({
      method: 'get',
      ...onPerson,
      summary: 'One person',
      roles: ANYONE,
      body: nothing,
      answers: { 200: { description: 'The person; its ETag is for If-Match', schema: personSchema } },
      handler: async ({ params: { id }, viewer }) => {
        const { directory, principal } = await viewer();
        const person = directory.person(id);
        if (person === null) throw new CommslogError('NOT_FOUND', 'There is no such person.');
        return personReply(person, ADMINS.includes(principal.role), 200);
      },
    }),
    defineRoute({
      method: 'put',
      ...onPerson,
      summary: 'Register a person, or replace what is known of them',
      roles: ADMINS,
      body: putPersonBody,
      headers: ifMatchHeader,
      answers: {
        200: { description: 'Changed, or so already', schema: personSchema },
        201: { description: 'Registered', schema: personSchema },
      },
      handler: async ({ params: { id }, body, author, request }) => {
        const change = { id, onlyIf: preconditionOf(request), author };
        const { result, version, person } = await registerPerson(deps, change, body);
        return personReply(personOf(id, version.revision, person), true, result === 'registered' ? 201 : 200);
      },
    }),
    defineRoute({
      method: 'delete',
      ...onPerson,
      summary: 'Remove a person; the calls stay, and are no one’s, and they are signed out',
      roles: ADMINS,
      body: nothing,
      headers: ifMatchHeader,
      answers: { 204: { description: 'Removed' } },
      handler: async ({ params: { id }, author, request }) => {
        await unregisterPerson(deps, { id, onlyIf: preconditionOf(request), author });
        return { status: 204 };
      },
    }),
  ];
}

function teamRoutes(deps: ActDeps): Route[] {
  const onTeam = { path: '/api/crm/teams/{id}', params: directoryParams, query: nothing } as const;
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/teams',
      summary: 'Teams by name',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(teamSchema) }) } },
      handler: async ({ viewer }) => ({
        status: 200,
        json: { items: (await viewer()).directory.teams.map(shownTeam) },
      }),
    }),
    defineRoute({
      method: 'put',
      ...onTeam,
      summary: 'Register a team, or replace what is known of it',
      roles: ADMINS,
      body: putTeamBody,
      headers: ifMatchHeader,
      answers: {
        200: { description: 'Changed, or so already', schema: teamSchema },
        201: { description: 'Registered', schema: teamSchema },
      },
      handler: async ({ params: { id }, body, author, request }) => {
        const change = { id, onlyIf: preconditionOf(request), author };
        const { result, version } = await registerTeam(deps, change, body);
        const json = shownTeam({ id, revision: version.revision, ...body });
        return { status: result === 'registered' ? 201 : 200, headers: { ETag: etagOf(version) }, json };
      },
    }),
    defineRoute({
      method: 'delete',
      ...onTeam,
      summary: 'Remove a team without members',
      roles: ADMINS,
      body: nothing,
      headers: ifMatchHeader,
      answers: { 204: { description: 'Removed' } },
      handler: async ({ params: { id }, author, request }) => {
        await unregisterTeam(deps, { id, onlyIf: preconditionOf(request), author });
        return { status: 204 };
      },
    }),
  ];
}

function placeNameRoutes(deps: ActDeps): Route[] {
  const onNames = { path: '/api/crm/place-names', params: nothing, query: nothing } as const;
  const answers = { 200: { description: 'All names', schema: placeNamesSchema } };
  return [
    defineRoute({
      method: 'get',
      ...onNames,
      summary: 'What people call queues and our own numbers',
      roles: ANYONE,
      body: nothing,
      answers,
      handler: async ({ viewer }) => ({ status: 200, json: shownNames((await viewer()).directory.places) }),
    }),
    defineRoute({
      method: 'put',
      ...onNames,
      summary: 'Name queues and our own numbers: these, and no others',
      roles: ADMINS,
      body: putPlaceNamesBody,
      answers,
      handler: async ({ body, author }) => {
        await nameAllPlaces(deps, author, body);
        return { status: 200, json: shownNames(body) };
      },
    }),
  ];
}

function personReply(person: Person, isAdmin: boolean, status: number): Reply {
  return { status, headers: { ETag: etagOf(person) }, json: shownPerson(person, isAdmin) };
}

function shownPerson(
  { id, name, teams, lines, role, sub, sees, invitedAt, revokedAt }: Person,
  isAdmin: boolean,
): z.infer<typeof personSchema> {
  return {
    id,
    name,
    teams: [...teams],
    lines: lines.map(({ extension, pbx, from, to }) => ({
      extension,
      pbx,
      from: textOf(from),
      to: textOf(to),
    })),
    access: isAdmin ? { role, sub, sees, invited_at: textOf(invitedAt), revoked_at: textOf(revokedAt) } : null,
  };
}

function textOf(time: Micros | null): string | null {
  return time === null ? null : toRfc3339(time);
}

function shownTeam({ id, name, queues, dids }: Team): z.infer<typeof teamSchema> {
  return { id, name, queues: queues.map(shownPlace), dids: dids.map(shownPlace) };
}

function shownNames({ queues, dids }: PlaceNames): z.infer<typeof placeNamesSchema> {
  return {
    queues: queues.map(({ name, ...place }) => ({ ...shownPlace(place), name })),
    dids: dids.map(({ name, ...place }) => ({ ...shownPlace(place), name })),
  };
}

function shownPlace({ place, pbx = null }: { readonly place: string; readonly pbx?: string | null | undefined }) {
  return { place, pbx };
}
