import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type Filters, filtersOf, withFilters } from './filters.ts';

/** `typing`: not each letter is a view that Back leads to */
export type ChangeFilters = (some: Partial<Filters>, how?: 'typing') => void;

/** The filters of the URL, and how to change some of them. */
export function useFilters(): { filters: Filters; change: ChangeFilters } {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => filtersOf(search), [search]);
  const change = useCallback<ChangeFilters>(
    (some, how) =>
      setSearch((before) => withFilters(before, { ...filtersOf(before), ...some }), { replace: how === 'typing' }),
    [setSearch],
  );
  return { filters, change };
}
