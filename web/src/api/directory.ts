import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask, askWithTag } from './client.ts';
import type { Person, PersonBody, PlaceNames, Team, TeamBody } from './types.ts';

/** What is known of people; also what the live feed's `reset` has asked anew. */
export const DIRECTORY = ['directory'] as const;

const KEPT_MS = 60_000;

/** `when` false: nobody is asked for yet. */
type When = { readonly when?: boolean };

/** All people, by name. */
export function usePeople({ when = true }: When = {}) {
  return useQuery({
    queryKey: [...DIRECTORY, 'people'],
    queryFn: async ({ signal }) => (await ask<{ items: readonly Person[] }>('/api/crm/people', { signal })).items,
    staleTime: KEPT_MS,
    enabled: when,
  });
}

export function useTeams() {
  return useQuery({
    queryKey: [...DIRECTORY, 'teams'],
    queryFn: async ({ signal }) => (await ask<{ items: readonly Team[] }>('/api/crm/teams', { signal })).items,
    staleTime: KEPT_MS,
  });
}

/** What people call queues and our own numbers. */
export function usePlaceNames({ when = true }: When = {}) {
  return useQuery({
    queryKey: [...DIRECTORY, 'names'],
    queryFn: ({ signal }) => ask<PlaceNames>('/api/crm/place-names', { signal }),
    staleTime: KEPT_MS,
    enabled: when,
  });
}

/** One person with the ETag for a change. */
export function usePerson(id: string | null) {
  return useQuery({
    queryKey: [...DIRECTORY, 'person', id],
    queryFn: id === null ? skipToken : ({ signal }) => askWithTag<Person>(personPath(id), { signal }),
    staleTime: 0,
  });
}

export type Invitation = { readonly link: string; readonly expires_at: string };

export const directory = {
  /** `etag` null: only if there is none of this id */
  putPerson: (id: string, body: PersonBody, etag: string | null): Promise<Person> =>
    ask(personPath(id), { method: 'PUT', body, headers: etag === null ? {} : { 'If-Match': etag } }),
  removePerson: (id: string): Promise<void> => ask(personPath(id), { method: 'DELETE' }),
  invite: (id: string): Promise<Invitation> => ask(`${personPath(id)}/invitation`, { method: 'POST' }),
  revoke: (id: string): Promise<void> => ask(`${personPath(id)}/access`, { method: 'DELETE' }),
  putTeam: (id: string, body: TeamBody): Promise<Team> => ask(teamPath(id), { method: 'PUT', body }),
  removeTeam: (id: string): Promise<void> => ask(teamPath(id), { method: 'DELETE' }),
  namePlaces: (names: PlaceNames): Promise<PlaceNames> => ask('/api/crm/place-names', { method: 'PUT', body: names }),
};

/** Something that is changed in the directory; what shows it is asked anew. */
export function useDirectoryChange<T, R>(change: (input: T) => Promise<R>, done: (result: R) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (result) => {
      await queries.invalidateQueries({ queryKey: DIRECTORY });
      done(result);
    },
  });
}

const personPath = (id: string) => `/api/crm/people/${encodeURIComponent(id)}`;
const teamPath = (id: string) => `/api/crm/teams/${encodeURIComponent(id)}`;
