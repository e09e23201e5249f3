import { Button, UnstyledButton } from '@mantine/core';
import { spacedNumber } from '../format/phone.ts';
import { useFormat } from '../format/useFormat.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './FilterChips.module.css';
import { type Filters, isFiltered, NO_FILTERS } from './filters.ts';
import type { ChangeFilters } from './useFilters.ts';

type Props = { readonly filters: Filters; readonly change: ChangeFilters };
type Chip = { readonly label: string; readonly without: Partial<Filters> };

/** What is set, each to be taken off by one press. What was typed into the search stands there. */
export function FilterChips({ filters, change }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const chips = chipsOf(filters, t, format);
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={t.inbox.setFilters}>
      {chips.map(({ label, without }) => (
        <li key={label}>
          <UnstyledButton
            className={styles.chip}
            aria-label={t.inbox.removeFilter(label)}
            onClick={() => change(without)}
          >
            {label}
            <Icon name="close" size={14} />
          </UnstyledButton>
        </li>
      ))}
      {isFiltered(filters) && (
        <li>
          <Button variant="subtle" size="compact-sm" onClick={() => change({ ...NO_FILTERS, view: filters.view })}>
            {t.inbox.clear}
          </Button>
        </li>
      )}
    </ul>
  );
}

function chipsOf(filters: Filters, t: Dictionary, { date, duration }: ReturnType<typeof useFormat>): readonly Chip[] {
  const { from, to, outcome, done, unassigned, machine } = filters;
  const { extension, queue, did, trunk, duration_from, duration_to } = filters;
  const day = (text: string) => date(new Date(`${text}T00:00`));
  const valued = (label: string, value: string, without: Partial<Filters>) =>
    value === '' ? [] : [{ label: `${label}: ${value}`, without }];
  return [
    ...valued(t.inbox.from, from && day(from), { from: '' }),
    ...valued(t.inbox.to, to && day(to), { to: '' }),
    ...valued(t.inbox.extension, extension, { extension: '' }),
    ...valued(t.inbox.queue, queue, { queue: '' }),
    ...valued(t.entry.did, spacedNumber(did), { did: '' }),
    ...valued(t.entry.trunk, trunk, { trunk: '' }),
    ...valued(t.inbox.longer, duration_from && duration(Number(duration_from)), { duration_from: '' }),
    ...valued(t.inbox.shorter, duration_to && duration(Number(duration_to)), { duration_to: '' }),
    ...outcome.map((one) => ({
      label: t.call.outcome[one],
      without: { outcome: outcome.filter((other) => other !== one) },
    })),
    ...(done === '' ? [] : [{ label: t.inbox.doneChoices[done], without: { done: '' } as const }]),
    ...(unassigned ? [{ label: t.inbox.unassigned, without: { unassigned: false } }] : []),
    ...(machine ? [{ label: t.inbox.machine, without: { machine: false } }] : []),
  ];
}
