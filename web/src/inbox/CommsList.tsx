import { Button, Checkbox, Skeleton } from '@mantine/core';
import type { useComms } from '../api/comms.ts';
import { useEntriesOf } from '../entry/EntryOrder.tsx';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { BulkBar } from './BulkBar.tsx';
import styles from './CommsList.module.css';
import row from './CommsRow.module.css';
import { CommsRow } from './CommsRow.tsx';
import { DayGroups } from './DayGroups.tsx';
import { type Filters, isFiltered, NO_FILTERS } from './filters.ts';
import { RowActions } from './RowActions.tsx';
import type { ChangeFilters } from './useFilters.ts';
import { useRowKeys } from './useRowKeys.ts';
import { useSelection } from './useSelection.ts';

type Props = {
  readonly list: ReturnType<typeof useComms>;
  readonly filters: Filters;
  readonly change: ChangeFilters;
};

export function CommsList({ list, filters, change }: Props) {
  const { t } = useLanguage();
  const { may } = useWho();
  const entries = useEntriesOf(list);
  const ids = entries.map(({ id }) => id);
  const selection = useSelection(ids);
  const isWorkList = filters.view === 'missed' && may.write;
  useRowKeys(entries);
  if (list.isPending) return <LoadingRows />;
  if (list.isError && entries.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (entries.length === 0) return <Nothing filters={filters} change={change} />;
  return (
    <>
      {isWorkList && <BulkBar shown={ids} selection={selection} />}
      <DayGroups
        entries={entries}
        row={(entry) => (
          <CommsRow
            key={entry.id}
            entry={entry}
            before={
              isWorkList && (
                <Checkbox
                  className={row.before}
                  aria-label={t.call.select(whoOf(entry, t))}
                  checked={selection.has(entry.id)}
                  onChange={() => selection.toggle(entry.id)}
                />
              )
            }
            actions={may.write ? <RowActions entry={entry} /> : undefined}
          />
        )}
      />
      <div className={styles.end}>
        {list.hasNextPage ? (
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t.app.more}
          </Button>
        ) : (
          t.inbox.end
        )}
      </div>
    </>
  );
}

function Nothing({ filters, change }: Pick<Props, 'filters' | 'change'>) {
  const { t } = useLanguage();
  if (isFiltered(filters)) {
    return (
      <StateMessage icon="search" title={t.inbox.nothing} text={t.inbox.nothingText}>
        <Button variant="default" onClick={() => change({ ...NO_FILTERS, view: filters.view })}>
          {t.inbox.clear}
        </Button>
      </StateMessage>
    );
  }
  if (filters.view === 'mine') return <NoneOfMine />;
  if (filters.view === 'missed')
    return <StateMessage icon="check" title={t.inbox.allDone} text={t.inbox.allDoneText} />;
  if (filters.view !== 'all') return <StateMessage icon="search" title={t.inbox.nothing} text={t.inbox.nothingText} />;
  return <StateMessage icon="phone" title={t.inbox.empty} text={t.inbox.emptyText} />;
}

function NoneOfMine() {
  const { t } = useLanguage();
  const { person } = useWho();
  return person === null ? (
    <StateMessage icon="user" title={t.inbox.notInDirectory} text={t.inbox.notInDirectoryText} />
  ) : (
    <StateMessage icon="phone" title={t.inbox.noneMine} text={t.inbox.noneMineText} />
  );
}

const PLACEHOLDERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

export function LoadingRows() {
  const { t } = useLanguage();
  return (
    <div className={styles.loading} aria-busy="true" role="status" aria-label={t.app.loading}>
      {PLACEHOLDERS.map((key) => (
        <div key={key} className={styles.placeholder}>
          <Skeleton height={26} width={76} radius="xl" />
          <div className={styles.lines}>
            <Skeleton height={12} width="34%" />
            <Skeleton height={10} width="22%" />
          </div>
          <Skeleton height={18} width={80} radius="xl" />
        </div>
      ))}
    </div>
  );
}
