import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useCustomers } from '../api/customers.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

const TYPING_MS = 200;

export type ChosenCustomer = { readonly id: string; readonly name: string };

type Props = {
  readonly label: string;
  readonly chosen: ChosenCustomer | null;
  readonly choose: (customer: ChosenCustomer | null) => void;
  readonly error?: string | undefined;
};

/** Finds a customer by name or number as one types; the server searches. */
export function CustomerPicker({ label, chosen, choose, error }: Props) {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed === chosen?.name ? '' : typed.trim(), TYPING_MS);
  const { data } = useCustomers(q);
  const found = data?.pages.flatMap(({ items }) => items) ?? [];
  const options = found.map(({ id, name, numbers: [first] }) => ({
    value: id,
    label: name,
    number: first ? spacedNumber(first.e164 ?? first.number) : '',
  }));
  if (chosen && !found.some(({ id }) => id === chosen.id)) {
    options.unshift({ value: chosen.id, label: chosen.name, number: '' });
  }
  const numbers = new Map(options.map(({ value, number }) => [value, number]));
  return (
    <Select
      label={label}
      placeholder={t.customers.pick}
      searchable
      data-autofocus
      data={options.map(({ value, label }) => ({ value, label }))}
      // what comes from the server fits already
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <span>
          {option.label} <small>{numbers.get(option.value)}</small>
        </span>
      )}
      nothingFoundMessage={t.customers.noMatch}
      value={chosen?.id ?? null}
      onChange={(id, option) => choose(id === null ? null : { id, name: option?.label ?? id })}
      searchValue={typed}
      onSearchChange={setTyped}
      error={error}
    />
  );
}
