import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { useComms } from '../api/comms.ts';
import type { Listed } from '../api/types.ts';

/** The list under the drawer: its entries in their order, and how to get more of them. */
export type EntryOrder = {
  readonly entries: readonly Listed[];
  /** null: these are all, or are being asked for */
  readonly loadMore: (() => void) | null;
  /** the last try to get more failed, so nobody tries again by himself */
  readonly failed: boolean;
};

const NONE: EntryOrder = { entries: [], loadMore: null, failed: false };
const Order = createContext(NONE);
const Offer = createContext<(order: EntryOrder | null) => void>(() => {});

export function EntryOrderProvider({ children }: { readonly children: ReactNode }) {
  const [order, setOrder] = useState<EntryOrder | null>(null);
  return (
    <Offer value={setOrder}>
      <Order value={order ?? NONE}>{children}</Order>
    </Offer>
  );
}

export const useEntryOrder = () => useContext(Order);

/** The entries of a list; while it is shown the drawer goes through them. */
export function useEntriesOf(list: ReturnType<typeof useComms>): readonly Listed[] {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const offer = useContext(Offer);
  const entries = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  useEffect(() => {
    const loadMore = hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null;
    offer({ entries, loadMore, failed: isFetchNextPageError });
  }, [entries, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, offer]);
  useEffect(() => () => offer(null), [offer]);
  return entries;
}
