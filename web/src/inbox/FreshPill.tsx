import { Button } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import type { useComms } from '../api/comms.ts';
import type { Listed, Page } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './FreshPill.module.css';

type Props = { readonly list: ReturnType<typeof useComms>; readonly head: Page<Listed> | undefined };

/** Says how many entries came since the list was read, and shows them when asked: nothing moves under the reader. */
export function FreshPill({ list, head }: Props) {
  const { t } = useLanguage();
  const { data, refetch } = list;
  const fresh = useMemo(() => countFresh(data?.pages ?? [], head?.items ?? []), [data, head]);
  const nothingShown = data?.pages.every(({ items }) => items.length === 0) ?? false;

  useEffect(() => {
    // an empty list has no reader whom it could disturb
    if (fresh > 0 && nothingShown) void refetch();
  }, [fresh, nothingShown, refetch]);

  const showFresh = () => {
    window.scrollTo({ top: 0 });
    void refetch();
  };
  const all = fresh === head?.items.length && head.page.has_more;
  return (
    <div className={styles.place} role="status">
      {fresh > 0 && !nothingShown && (
        <Button className={styles.pill} radius="xl" size="xs" onClick={showFresh} loading={list.isRefetching}>
          {all ? t.inbox.freshMany(fresh) : t.inbox.fresh(fresh)}
        </Button>
      )}
    </div>
  );
}

/** Entries of the head that the list does not have; what is older than all of a list that goes on is only further down. */
function countFresh(pages: readonly Page<Listed>[], head: readonly Listed[]): number {
  const known = new Set(pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const last = pages.at(-1);
  const oldest = last?.page.has_more ? (last.items.at(-1)?.occurred_at ?? '') : '';
  return head.filter(({ id, occurred_at }) => !known.has(id) && (occurred_at ?? '') > oldest).length;
}
