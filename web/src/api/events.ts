import { useInfiniteQuery } from '@tanstack/react-query';
import { ask, queryString } from './client.ts';
import type { Page, RecordedEvent } from './types.ts';

/** The raw facts behind an entry. Reading them is recorded, so they are read when asked for, and once. */
export function useRawFacts(id: string) {
  return useInfiniteQuery({
    queryKey: ['facts', id],
    queryFn: ({ pageParam, signal }) =>
      ask<Page<RecordedEvent>>(`/api/crm/comms/${encodeURIComponent(id)}/events${queryString({ cursor: pageParam })}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}
