import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ask, queryString } from './client.ts';
import type { Period } from './reports.ts';
import type { Reconciled } from './types.ts';

const CALLS_AT_ONCE = 100;
const MAX_PAGES = 100;
/** What a comparison covers at most; who wants more takes a shorter period. */
export const MAX_CALLS = CALLS_AT_ONCE * MAX_PAGES;

export type Comparison = Period & { readonly pbx: string };

/** Compares page after page until all are compared. Each is recorded as a reading, so nothing is compared twice unasked. */
export function useReconcile(comparison: Comparison | null) {
  const { from = '', to = '', pbx = '' } = comparison ?? {};
  const query = useInfiniteQuery({
    queryKey: ['reconcile', comparison],
    enabled: comparison !== null,
    queryFn: ({ pageParam: cursor, signal }) =>
      ask<Reconciled>(`/api/admin/reconcile${queryString({ from, to, pbx, cursor, limit: String(CALLS_AT_ONCE) })}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ page }, pages) => (pages.length < MAX_PAGES ? page.next_cursor : null),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}
