import type { QueryClient } from '@tanstack/react-query';
import { type CommsPages, KEYS } from '../api/comms.ts';
import type { Listed } from '../api/types.ts';

/** Shows an entry as it is now wherever it stands in a list; an open drawer asks for the whole of it. */
export function putEntry(queries: QueryClient, entry: Listed): void {
  changeItems(queries, (items) => items.map((item) => (item.id === entry.id ? entry : item)));
  void queries.invalidateQueries({ queryKey: [...KEYS.entry, entry.id] });
}

export function removeEntry(queries: QueryClient, id: string): void {
  changeItems(queries, (items) => items.filter((item) => item.id !== id));
  void queries.invalidateQueries({ queryKey: [...KEYS.entry, id] });
}

function changeItems(queries: QueryClient, change: (items: readonly Listed[]) => readonly Listed[]): void {
  queries.setQueriesData<CommsPages>(
    { queryKey: KEYS.list },
    (pages) => pages && { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
}
