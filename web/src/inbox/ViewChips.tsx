import { UnstyledButton } from '@mantine/core';
import { useCounts, useCurrentCalls } from '../api/comms.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { commsQueryOf, type Filters, VIEWS, type View } from './filters.ts';
import type { ChangeFilters } from './useFilters.ts';
import styles from './ViewChips.module.css';

type Props = { readonly filters: Filters; readonly change: ChangeFilters };

/** What is looked at most, one press away. Missed and Live say how many there are. */
export function ViewChips({ filters, change }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const { data: counts } = useCounts(commsQueryOf({ ...filters, view: 'all' }));
  const { data: current } = useCurrentCalls();
  const number: Partial<Record<View, number | undefined>> = { missed: counts?.missed_open, live: current?.length };
  const isLeast: Partial<Record<View, boolean | undefined>> = { missed: counts?.at_least };
  return (
    <fieldset className={styles.chips} aria-label={t.inbox.show}>
      {VIEWS.map((view) => (
        <UnstyledButton
          key={view}
          className={styles.chip}
          aria-pressed={filters.view === view}
          data-view={view}
          onClick={() => change({ view, done: '' })}
        >
          {t.inbox.views[view]}
          {number[view] !== undefined && number[view] > 0 && (
            <span className={styles.number}>{`${format.figure(number[view])}${isLeast[view] ? '+' : ''}`}</span>
          )}
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
