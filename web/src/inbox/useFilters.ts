import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type Filters, filtersOf, withFilters } from './filters.ts';

/** The filters of the URL, and how to change some of them. */
export function useFilters(): { filters: Filters; change: (some: Partial<Filters>) => void } {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => filtersOf(search), [search]);
  const change = useCallback(
    (some: Partial<Filters>) =>
      setSearch((before) => withFilters(before, { ...filtersOf(before), ...some }), { replace: true }),
    [setSearch],
  );
  return { filters, change };
}
