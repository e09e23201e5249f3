import { Checkbox, Group, Select, TextInput } from '@mantine/core';
import { usePeople, usePlaceNames } from '../api/directory.ts';
import { usePlaces } from '../api/places.ts';
import { holdersNow, placeName } from '../format/directory.ts';
import { speakerOf } from '../format/party.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { DurationInput } from './DurationInput.tsx';
import { DONE, defaultDone, doneOf, type Filters, outcomesOf, wrongOf } from './filters.ts';
import styles from './MoreFilters.module.css';
import { PlaceSelect } from './PlaceSelect.tsx';
import type { ChangeFilters } from './useFilters.ts';

type Props = { readonly filters: Filters; readonly change: ChangeFilters };

const named = (name: string | null, place: string) => (name === null ? place : `${name} (${place})`);

/** Everything that a list can be narrowed by but the search. */
export default function MoreFilters({ filters, change }: Props) {
  const { t } = useLanguage();
  const { view, outcome } = filters;
  const { data: places } = usePlaces();
  const people = usePeople().data ?? [];
  const { data: names } = usePlaceNames();
  const wrong = wrongOf(filters);
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
        error={wrong.includes('to') && t.inbox.wrongDates}
      />
      {view !== 'mine' && (
        <PlaceSelect
          label={t.inbox.person}
          places={people.map(({ id }) => id)}
          shown={(person) => people.find(({ id }) => id === person)?.name ?? person}
          value={filters.person}
          change={(person) => change({ person })}
        />
      )}
      <PlaceSelect
        label={t.inbox.extension}
        places={places?.extensions ?? []}
        shown={(extension) => speakerOf(extension, t, holdersNow(people))}
        value={filters.extension}
        change={(extension) => change({ extension })}
      />
      <PlaceSelect
        label={t.inbox.queue}
        places={places?.queues ?? []}
        shown={(queue) => named(placeName(names?.queues, queue), queue)}
        value={filters.queue}
        change={(queue) => change({ queue })}
      />
      <PlaceSelect
        label={t.entry.did}
        places={places?.dids ?? []}
        shown={(did) => named(placeName(names?.dids, did), spacedNumber(did))}
        value={filters.did}
        change={(did) => change({ did })}
      />
      <PlaceSelect
        label={t.entry.trunk}
        places={places?.trunks ?? []}
        value={filters.trunk}
        change={(trunk) => change({ trunk })}
      />
      <DurationInput
        label={t.inbox.longer}
        seconds={filters.duration_from}
        change={(duration_from) => change({ duration_from }, 'typing')}
      />
      <DurationInput
        label={t.inbox.shorter}
        seconds={filters.duration_to}
        change={(duration_to) => change({ duration_to }, 'typing')}
        error={wrong.includes('duration_to') ? t.inbox.wrongDurations : undefined}
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
