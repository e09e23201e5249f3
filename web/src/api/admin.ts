import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask, queryString } from './client.ts';
import type { Period } from './reports.ts';
import type {
  Audited,
  Coverage,
  Diff,
  Health,
  Page,
  Parked,
  ParkedRetry,
  PbxState,
  Rebuild,
  RulesInForce,
  Server,
  UnknownPlace,
} from './types.ts';

const OFTEN_MS = 5_000;
const SELDOM_MS = 30_000;
const WHILE_BUILDING_MS = 1_000;
const WHILE_COUNTING_MS = 500;
export const ADMIN = ['admin'] as const;
export const REBUILDS = ['rebuilds'] as const;

/** How all parts are; asked again while one looks at it. */
export function useHealth() {
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask<Health>('/readyz', { signal, alsoOk: 503 }),
    refetchInterval: OFTEN_MS,
  });
}

export function usePbxStates() {
  return useQuery({
    queryKey: ['pbx'],
    queryFn: async ({ signal }) => (await ask<{ items: PbxState[] }>('/api/admin/pbx', { signal })).items,
    refetchInterval: OFTEN_MS,
  });
}

/** Which server does what: the one that answers, then the others. */
export function useServers() {
  return useQuery({
    queryKey: ['servers'],
    queryFn: async ({ signal }) => (await ask<{ items: Server[] }>('/api/admin/servers', { signal })).items,
    refetchInterval: OFTEN_MS,
  });
}

/** How the PBXs were heard, by days of the browser's time zone. */
export function useCoverage({ from, to }: Period) {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: [...ADMIN, 'coverage', from, to, tz],
    queryFn: async ({ signal }) =>
      (await ask<Coverage>(`/api/admin/coverage${queryString({ from, to, tz })}`, { signal })).pbxs,
    placeholderData: keepPreviousData,
    refetchInterval: SELDOM_MS,
  });
}

/** A list of the admin routes, page after page. */
function useAdminList<T>(name: 'parked' | 'audit') {
  return useInfiniteQuery({
    queryKey: [...ADMIN, name],
    queryFn: ({ pageParam, signal }) =>
      ask<Page<T>>(`/api/admin/${name}${queryString({ cursor: pageParam })}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    refetchInterval: OFTEN_MS,
  });
}

export const useParked = () => useAdminList<Parked>('parked');
export const useAudit = () => useAdminList<Audited>('audit');

/** Tries all that is set aside again. How much was made into rows, and how much still is not. */
export async function retryParked(): Promise<{ readonly folded: number; readonly remaining: number }> {
  let folded = 0;
  for (let after = {}; ; ) {
    const retry = await ask<ParkedRetry>('/api/admin/parked/retry', { method: 'POST', body: after });
    folded += retry.folded;
    if (retry.next === null) return { folded, remaining: retry.remaining };
    after = { after: retry.next };
  }
}

export function useRulesInForce() {
  return useQuery({
    queryKey: [...REBUILDS, 'rules'],
    queryFn: ({ signal }) => ask<RulesInForce>('/api/admin/rules', { signal }),
  });
}

/** Contexts and endpoints that no rule knows. */
export function useUnknownPlaces() {
  return useQuery({
    queryKey: [...REBUILDS, 'unknown'],
    queryFn: async ({ signal }) => (await ask<{ items: UnknownPlace[] }>('/api/admin/rules/unknown', { signal })).items,
    refetchInterval: SELDOM_MS,
  });
}

/** The read-model versions, newest first; a build that is under way is followed. */
export function useRebuilds() {
  return useQuery({
    queryKey: [...REBUILDS, 'list'],
    queryFn: async ({ signal }) => (await ask<{ items: Rebuild[] }>('/api/admin/rebuilds', { signal })).items,
    refetchInterval: ({ state }) =>
      state.data?.some((rebuild) => rebuild.state === 'building') ? WHILE_BUILDING_MS : OFTEN_MS,
  });
}

export type DiffFilter = { readonly kind: '' | 'added' | 'removed' | 'changed'; readonly field: string };

export function useDiff(version: number, filter: DiffFilter) {
  return useInfiniteQuery({
    queryKey: [...REBUILDS, 'diff', version, filter],
    queryFn: ({ pageParam, signal }) =>
      ask<Diff>(`${pathOf(version)}/diff${queryString({ ...filter, cursor: pageParam, limit: '25' })}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

/** What differs, counted further by each ask; until `first`, which was answered with the rows, or a later answer has all. */
export function useDiffCounts(version: number, first: Diff | undefined) {
  const isWhole = first?.counted?.whole === true;
  const later = useQuery({
    queryKey: [...REBUILDS, 'diff', version, 'counts'],
    queryFn: ({ signal }) => ask<Diff>(`${pathOf(version)}/diff?format=counts`, { signal }),
    enabled: first !== undefined && !isWhole,
    refetchInterval: ({ state }) => (state.data?.counted?.whole ? false : WHILE_COUNTING_MS),
  });
  return { counts: isWhole ? first : (later.data ?? first), isError: !isWhole && later.isError };
}

export const rebuilds = {
  start: (rules: unknown) => ask<Rebuild>('/api/admin/rebuilds', { method: 'POST', body: { rules } }),
  activate: (version: number, force: boolean) =>
    ask<Rebuild>(`${pathOf(version)}/activate`, { method: 'POST', body: { force } }),
  rollback: (version: number) => ask<Rebuild>(`${pathOf(version)}/rollback`, { method: 'POST', body: {} }),
  drop: (version: number) => ask<void>(pathOf(version), { method: 'DELETE' }),
  diffCsv: (version: number) => `${pathOf(version)}/diff?format=csv`,
};

const pathOf = (version: number) => `/api/admin/rebuilds/${version}`;
