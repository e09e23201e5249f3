import { useQuery } from '@tanstack/react-query';
import { ask } from './client.ts';
import type { Person, PlaceNames, Team } from './types.ts';

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
