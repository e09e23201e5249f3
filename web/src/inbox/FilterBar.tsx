import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './FilterBar.module.css';
import { type Filters, isFiltered, NO_FILTERS } from './filters.ts';

const TYPING_MS = 300;

type Props = { readonly filters: Filters; readonly change: (some: Partial<Filters>) => void };

export function FilterBar({ filters, change }: Props) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(
    filters.from !== '' || filters.to !== '' || filters.extension !== '' || filters.machine,
  );
  return (
    <search className={styles.bar} aria-label={t.inbox.filters}>
      <TypedInput
        className={styles.search}
        label={t.inbox.search}
        icon
        value={filters.q}
        change={(q) => change({ q })}
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
      {open && (
        <div className={styles.more}>
          <TextInput
            type="date"
            label={t.inbox.from}
            value={filters.from}
            onChange={(event) => change({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t.inbox.to}
            value={filters.to}
            onChange={(event) => change({ to: event.currentTarget.value })}
          />
          <TypedInput
            label={t.inbox.extension}
            value={filters.extension}
            change={(extension) => change({ extension })}
          />
          <Checkbox
            label={t.inbox.unassigned}
            checked={filters.unassigned}
            onChange={(event) => change({ unassigned: event.currentTarget.checked })}
          />
          <Checkbox
            label={t.inbox.machine}
            checked={filters.machine}
            onChange={(event) => change({ machine: event.currentTarget.checked })}
          />
          {filters.view === 'missed' && (
            <Checkbox
              label={t.inbox.showDone}
              checked={filters.done}
              onChange={(event) => change({ done: event.currentTarget.checked })}
            />
          )}
          {isFiltered(filters) && (
            <Button variant="subtle" onClick={() => change({ ...NO_FILTERS, view: filters.view })}>
              {t.inbox.clear}
            </Button>
          )}
        </div>
      )}
    </search>
  );
}

type Typed = {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly icon?: boolean;
  readonly className?: string | undefined;
};

/** Follows the typing at once, and the filters when it rests. */
function TypedInput({ label, value, change, icon = false, className }: Typed) {
  const [typed, setTyped] = useState(value);
  const changeSoon = useDebouncedCallback(change, TYPING_MS);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      className={className}
      {...(icon
        ? {
            'aria-label': label,
            placeholder: label,
            leftSection: <Icon name="search" size={16} />,
            'data-search': true,
          }
        : { label })}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        changeSoon(event.currentTarget.value);
      }}
    />
  );
}
