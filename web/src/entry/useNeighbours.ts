import { useEffect } from 'react';
import { useEntryOrder } from './EntryOrder.tsx';

export type Neighbours = {
  readonly previous: string | null;
  readonly next: string | null;
  /** of how many that are loaded; null: it is not in the list */
  readonly place: { readonly at: number; readonly of: number } | null;
};

/** What stands before and behind an entry in the list; where it ends, more is asked for. */
export function useNeighbours(id: string): Neighbours {
  const { entries, loadMore, failed } = useEntryOrder();
  const at = entries.findIndex((entry) => entry.id === id);
  const isLast = at !== -1 && at === entries.length - 1;
  useEffect(() => {
    if (isLast && !failed) loadMore?.();
  }, [isLast, failed, loadMore]);
  if (at === -1) return { previous: null, next: null, place: null };
  return {
    previous: entries[at - 1]?.id ?? null,
    next: entries[at + 1]?.id ?? null,
    place: { at: at + 1, of: entries.length },
  };
}
