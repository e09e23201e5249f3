import { Button } from '@mantine/core';
import { useComms, useCommsHead } from '../api/comms.ts';
import { useEntriesOf } from '../entry/EntryOrder.tsx';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { CommsRow } from '../inbox/CommsRow.tsx';
import { DayGroups } from '../inbox/DayGroups.tsx';
import { FreshPill } from '../inbox/FreshPill.tsx';
import { RowActions } from '../inbox/RowActions.tsx';
import { useRowKeys } from '../inbox/useRowKeys.ts';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';

/** The customer's entries, newest first, by day. */
export function CustomerComms({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const query = { customer_id: id };
  const { may } = useWho();
  const list = useComms(query);
  const head = useCommsHead(query, list.isSuccess);
  const entries = useEntriesOf(list);
  useRowKeys(entries);
  if (list.isPending) return <LoadingRows />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <FreshPill list={list} head={head.data} />
      {entries.length === 0 ? (
        <StateMessage icon="phone" title={t.customers.noComms} text={t.customers.noCommsText} />
      ) : (
        <DayGroups
          entries={entries}
          row={(entry) => (
            <CommsRow key={entry.id} entry={entry} actions={may.write ? <RowActions entry={entry} /> : undefined} />
          )}
        />
      )}
      {list.hasNextPage && (
        <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t.app.more}
        </Button>
      )}
    </>
  );
}
