import { type InfiniteData, keepPreviousData, skipToken, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask, askWithTag, queryString } from './client.ts';
import type { Counts, CurrentCall, Entry, Listed, LogCallBody, Page } from './types.ts';

/** The filters of the list as the API names them. */
export type CommsQuery = {
  readonly type?: string;
  readonly direction?: readonly string[];
  readonly outcome?: readonly string[];
  readonly customer_id?: string;
  readonly person?: string;
  readonly extension?: string;
  readonly queue?: string;
  readonly did?: string;
  readonly trunk?: string;
  readonly duration_from?: string;
  readonly duration_to?: string;
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly unassigned?: string;
  readonly handled_by_machine?: string;
  readonly done?: string;
};

export type CommsPages = InfiniteData<Page<Listed>, string>;

const PAGE = '50';

/** Keys of what the live feed changes. */
export const KEYS = {
  comms: ['comms'],
  list: ['comms', 'list'],
  head: ['comms', 'head'],
  counts: ['comms', 'counts'],
  entry: ['comms', 'entry'],
  current: ['current'],
} as const;

const listPath = (query: CommsQuery, cursor: string) =>
  `/api/crm/comms${queryString({ ...query, cursor, limit: PAGE })}`;

/** The list, page after page; of null nothing is asked. It does not refetch by itself: rows would move under the reader. */
export function useComms(query: CommsQuery | null) {
  return useInfiniteQuery({
    queryKey: [...KEYS.list, query],
    queryFn:
      query === null ? skipToken : ({ pageParam, signal }) => ask<Page<Listed>>(listPath(query, pageParam), { signal }),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** The first page as it is now, to tell what is new. The live feed has it asked again. */
export function useCommsHead(query: CommsQuery | null, enabled: boolean) {
  return useQuery({
    queryKey: [...KEYS.head, query],
    queryFn:
      query === null || !enabled ? skipToken : ({ signal }) => ask<Page<Listed>>(listPath(query, ''), { signal }),
  });
}

export function useCounts(query: CommsQuery | null) {
  return useQuery({
    queryKey: [...KEYS.counts, query],
    queryFn:
      query === null
        ? skipToken
        : ({ signal }) => ask<Counts>(`/api/crm/comms/counts${queryString(query)}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** Where the entries of a list are to be had as a table. */
export function exportPath(query: CommsQuery): string {
  return `/api/crm/export${queryString({ ...query, format: 'csv' })}`;
}

/** One entry, whole, with its ETag. An id that went into another entry answers with that one. */
export function useEntry(id: string) {
  return useQuery({
    queryKey: [...KEYS.entry, id],
    queryFn: ({ signal }) => askWithTag<Entry>(`/api/crm/comms/${encodeURIComponent(id)}`, { signal }),
  });
}

/** Calls in progress; the live feed keeps them. */
export function useCurrentCalls() {
  return useQuery({
    queryKey: KEYS.current,
    queryFn: async ({ signal }) =>
      (await ask<{ items: readonly CurrentCall[] }>('/api/crm/calls/current', { signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The same `key` again logs the call once, however often it is sent. */
export function logCall(body: LogCallBody, key: string): Promise<Entry> {
  return ask('/api/crm/calls/log', { method: 'POST', body, headers: { 'Idempotency-Key': key } });
}
