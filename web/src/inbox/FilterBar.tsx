import { Button, SegmentedControl } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './FilterBar.module.css';
import { FilterChips } from './FilterChips.tsx';
import { type Filters, MAX_SEARCH, wrongOf } from './filters.ts';
import { TypedInput } from './TypedInput.tsx';
import type { ChangeFilters } from './useFilters.ts';

const MoreFilters = lazy(() => import('./MoreFilters.tsx'));

type Props = { readonly filters: Filters; readonly change: ChangeFilters };

/** What the list is narrowed by: the search, and behind a button all else; what is set can be taken off one by one. */
export function FilterBar({ filters, change }: Props) {
  const { t } = useLanguage();
  const wrong = wrongOf(filters);
  const [open, setOpen] = useState(wrong.some((field) => field !== 'q'));
  return (
    <search className={styles.bar} aria-label={t.inbox.filters}>
      <TypedInput
        className={styles.search}
        aria-label={t.inbox.search}
        placeholder={t.inbox.search}
        leftSection={<Icon name="search" size={16} />}
        data-search
        value={filters.q}
        change={(q) => change({ q }, 'typing')}
        error={wrong.includes('q') && t.inbox.tooLong(MAX_SEARCH)}
      />
      <SegmentedControl
        aria-label={t.inbox.type}
        data={[
          { value: '', label: t.inbox.allTypes },
          { value: 'call', label: t.call.word },
        ]}
        value={filters.type}
        onChange={(type) => change({ type: type === 'call' ? 'call' : '' })}
      />
      <Button
        variant="default"
        leftSection={<Icon name="filter" size={16} />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t.inbox.moreFilters}
      </Button>
      <Suspense>{open && <MoreFilters filters={filters} change={change} />}</Suspense>
      <FilterChips filters={filters} change={change} />
    </search>
  );
}
