import { Button, UnstyledButton } from '@mantine/core';
import { usePeople, usePlaceNames } from '../api/directory.ts';
import { holdersNow, placeName } from '../format/directory.ts';
import { speakerOf } from '../format/party.ts';
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
  const people = usePeople({ when: filters.person !== '' || filters.extension !== '' }).data ?? [];
  const names = usePlaceNames({ when: filters.queue !== '' || filters.did !== '' }).data;
  const named = {
    person: people.find(({ id }) => id === filters.person)?.name ?? filters.person,
    extension: filters.extension && speakerOf(filters.extension, t, holdersNow(people)),
    queue: placeName(names?.queues, filters.queue) ?? filters.queue,
    did: placeName(names?.dids, filters.did) ?? spacedNumber(filters.did),
  };
  const chips = chipsOf(filters, named, t, format);
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

function chipsOf(
  filters: Filters,
  named: Pick<Filters, 'person' | 'extension' | 'queue' | 'did'>,
  t: Dictionary,
  { date, duration }: ReturnType<typeof useFormat>,
): readonly Chip[] {
  const { from, to, outcome, done, unassigned, machine } = filters;
  const { trunk, duration_from, duration_to } = filters;
  const day = (text: string) => date(new Date(`${text}T00:00`));
  const valued = (label: string, value: string, without: Partial<Filters>) =>
    value === '' ? [] : [{ label: `${label}: ${value}`, without }];
  return [
    ...valued(t.inbox.from, from && day(from), { from: '' }),
    ...valued(t.inbox.to, to && day(to), { to: '' }),
    ...valued(t.inbox.person, named.person, { person: '' }),
    ...valued(t.inbox.extension, named.extension, { extension: '' }),
    ...valued(t.inbox.queue, named.queue, { queue: '' }),
    ...valued(t.entry.did, named.did, { did: '' }),
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
