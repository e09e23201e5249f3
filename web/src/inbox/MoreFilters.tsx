import { Checkbox, Group, Select, TextInput } from '@mantine/core';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { DONE, defaultDone, doneOf, type Filters, outcomesOf, wrongRange } from './filters.ts';
import styles from './MoreFilters.module.css';
import { TypedInput } from './TypedInput.tsx';
import type { ChangeFilters } from './useFilters.ts';

type Props = { readonly filters: Filters; readonly change: ChangeFilters };

/** Everything that a list can be narrowed by but the search. */
export default function MoreFilters({ filters, change }: Props) {
  const { t } = useLanguage();
  const { view, outcome } = filters;
  const changeDone = (value: string | null) => {
    const done = DONE.find((one) => one === value) ?? 'any';
    change({ done: done === defaultDone(view) ? '' : done });
  };
  return (
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
        error={wrongRange(filters) === 'to' && t.inbox.wrongDates}
      />
      <TypedInput
        label={t.inbox.extension}
        value={filters.extension}
        change={(extension) => change({ extension }, 'typing')}
      />
      <Select
        label={t.inbox.done}
        data={DONE.map((value) => ({ value, label: t.inbox.doneChoices[value] }))}
        value={doneOf(filters)}
        onChange={changeDone}
        allowDeselect={false}
      />
      <Checkbox.Group
        className={styles.wide}
        label={t.inbox.outcome}
        value={[...outcome]}
        onChange={(chosen) => change({ outcome: outcomesOf(view).filter((one) => chosen.includes(one)) })}
      >
        <Group gap="8px 16px" mt={4}>
          {outcomesOf(view).map((one) => (
            <Checkbox key={one} value={one} label={t.call.outcome[one]} />
          ))}
        </Group>
      </Checkbox.Group>
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
    </div>
  );
}
