import { useQuery } from '@tanstack/react-query';
import { ask } from './client.ts';
import type { CallPlaces } from './types.ts';

/** Numbers of ours, queues, trunks and extensions that calls name: what a list can be narrowed to. */
export function usePlaces() {
  return useQuery({
    queryKey: ['places'],
    queryFn: ({ signal }) => ask<CallPlaces>('/api/crm/places', { signal }),
    staleTime: 300_000,
  });
}
