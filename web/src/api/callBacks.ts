import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { ask, queryString } from './client.ts';
import { KEYS } from './comms.ts';
import type { CallBack, CallBackCounts, CallBackPlan, Page } from './types.ts';

/** Which callers, in which order, as the API names them. */
export type CallBacksQuery = {
  readonly state: 'open' | 'closed';
  readonly sort: 'waiting' | 'latest' | 'tries';
  readonly mine: 'true' | '';
};

/** Key of all that is asked of who waits to be called back. */
export const CALL_BACKS = ['call-backs'] as const;
const LIST = [...CALL_BACKS, 'list'] as const;

const PATH = '/api/crm/call-backs';
const PAGE = 50;
const LARGEST_PAGE = 100;
/** Callers that are taken off the list by one request, so that each ends in good time. */
const AT_ONCE = 100;
/** What others take is no entry, so the feed does not tell of it. */
const OTHERS_MS = 30_000;

function askPage(query: CallBacksQuery, page: { cursor: string; limit: number }, signal: AbortSignal) {
  const parameters = { ...query, cursor: page.cursor, limit: String(page.limit) };
  return ask<Page<CallBack>>(`${PATH}${queryString(parameters)}`, { signal });
}

/** One line a caller, page after page. */
export function useCallBacks(query: CallBacksQuery) {
  return useInfiniteQuery({
    queryKey: [...LIST, query],
    queryFn: ({ pageParam, signal }) => askPage(query, { cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    refetchInterval: OTHERS_MS,
  });
}

export function useCallBackCounts() {
  return useQuery({
    queryKey: [...CALL_BACKS, 'counts'],
    queryFn: ({ signal }) => ask<CallBackCounts>(`${PATH}/counts`, { signal }),
  });
}

/** The ids of the first `most` callers of a list; `told` how many there are so far. Errors: `ApiError`. */
export async function idsOfCallBacks(
  query: CallBacksQuery,
  {
    most,
    told,
    signal,
  }: { readonly most: number; readonly told: (count: number) => void; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null && ids.length < most) {
    const { items, page }: Page<CallBack> = await askPage(query, { cursor, limit: LARGEST_PAGE }, signal);
    ids.push(...items.map(({ id }) => id));
    told(ids.length);
    cursor = page.next_cursor;
  }
  return ids.slice(0, most);
}

/** Takes callers off the list, piece after piece; `told` how many are off so far. Errors: `ApiError` of the first piece that failed. */
export async function closeCallBacks(ids: readonly string[], told: (count: number) => void): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const piece = ids.slice(at, at + AT_ONCE);
    await ask(`${PATH}/done`, { method: 'POST', body: { ids: piece } });
    told(at + piece.length);
  }
}

/** What people say of a caller who waits; each answers with the line as it is then. */
export const callBack = {
  take: (id: string, take: boolean) =>
    ask<CallBack>(`${PATH}/${encodeURIComponent(id)}/taken`, { method: take ? 'PUT' : 'DELETE' }),
  plan: (id: string, body: CallBackPlan) =>
    ask<CallBack>(`${PATH}/${encodeURIComponent(id)}`, { method: 'PATCH', body }),
};

/** Sends what somebody says of a caller and shows the answer; when it is refused the list is asked again. */
export function useSaying<T>(
  send: (input: T) => Promise<CallBack>,
  { said, refused }: { readonly said?: () => void; readonly refused?: (error: Error) => void } = {},
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (line) => {
      putLine(queries, line);
      said?.();
    },
    onError: refused,
    onSettled: () => queries.invalidateQueries({ queryKey: CALL_BACKS }),
  });
}

/** After callers were taken off: their entries are done too. */
export async function askAfterClosing(queries: QueryClient): Promise<void> {
  await Promise.all([CALL_BACKS, KEYS.comms].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

function putLine(queries: QueryClient, line: CallBack): void {
  queries.setQueriesData<InfiniteData<Page<CallBack>, string>>({ queryKey: LIST }, (before) =>
    before === undefined
      ? before
      : {
          ...before,
          pages: before.pages.map((page) => ({
            ...page,
            items: page.items.map((one) => (one.id === line.id ? line : one)),
          })),
        },
  );
}
