import type { CallBacksQuery } from '../api/callBacks.ts';

export const SHOWS = ['open', 'mine', 'closed'] as const;
export const SORTS = ['waiting', 'latest', 'tries'] as const;

/** What the page shows; it stands in the URL, so a link shows the same. */
export type Shown = { readonly show: (typeof SHOWS)[number]; readonly sort: (typeof SORTS)[number] };

export function shownOf(search: URLSearchParams): Shown {
  return {
    show: SHOWS.find((one) => one === search.get('show')) ?? 'open',
    sort: SORTS.find((one) => one === search.get('sort')) ?? 'waiting',
  };
}

export function withShown(before: URLSearchParams, some: Partial<Shown>): URLSearchParams {
  const search = new URLSearchParams(before);
  const { show, sort } = { ...shownOf(before), ...some };
  const put = (name: string, value: string, usual: string) =>
    value === usual ? search.delete(name) : search.set(name, value);
  put('show', show, 'open');
  put('sort', sort, 'waiting');
  return search;
}

export function queryOf({ show, sort }: Shown): CallBacksQuery {
  return { state: show === 'closed' ? 'closed' : 'open', sort, mine: show === 'mine' ? 'true' : '' };
}
