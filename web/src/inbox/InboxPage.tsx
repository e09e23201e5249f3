import { Group } from '@mantine/core';
import { useComms, useCommsHead, useCurrentCalls } from '../api/comms.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LogCallButton } from '../logCall/LogCallButton.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { CommsList } from './CommsList.tsx';
import { CurrentCalls } from './CurrentCalls.tsx';
import { ExportLink } from './ExportLink.tsx';
import { FilterBar } from './FilterBar.tsx';
import { FreshPill } from './FreshPill.tsx';
import { commsQueryOf } from './filters.ts';
import styles from './InboxPage.module.css';
import { LiveCalls } from './LiveCalls.tsx';
import { ResultCount } from './ResultCount.tsx';
import { useFilters } from './useFilters.ts';
import { ViewChips } from './ViewChips.tsx';

/** All comms, newest first; the missed ones are a work list. */
export function InboxPage() {
  const { t } = useLanguage();
  const { filters, change } = useFilters();
  const query = commsQueryOf(filters);
  const live = filters.view === 'live';
  const list = useComms(query);
  const head = useCommsHead(query, list.isSuccess && !live);
  const current = useCurrentCalls();
  return (
    <PageLayout title={t.inbox.title} actions={<LogCallButton customer={null} />}>
      <FilterBar filters={filters} change={change} />
      <div className={styles.views}>
        <ViewChips filters={filters} change={change} />
        {!live && query && (
          <Group gap={4}>
            <ResultCount query={query} filters={filters} />
            <ExportLink query={query} />
          </Group>
        )}
      </div>
      {!live && <CurrentCalls calls={current.data ?? []} show={() => change({ view: 'live' })} />}
      {!live && <FreshPill list={list} head={head.data} />}
      {live ? (
        <LiveCalls calls={current} />
      ) : query === null ? (
        <StateMessage icon="warning" title={t.inbox.notAsked} text={t.inbox.notAskedText} />
      ) : (
        <CommsList list={list} filters={filters} change={change} />
      )}
    </PageLayout>
  );
}
