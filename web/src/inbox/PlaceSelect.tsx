import { Select } from '@mantine/core';

type Props = {
  readonly label: string;
  readonly places: readonly string[];
  /** how a place is shown, if not as it is */
  readonly shown?: (place: string) => string;
  readonly value: string;
  readonly change: (value: string) => void;
};

/** One of the places that calls name; one that none names any more stays to be seen. */
export function PlaceSelect({ label, places, shown = (place) => place, value, change }: Props) {
  if (places.length === 0 && value === '') return null;
  const all = value === '' || places.includes(value) ? places : [value, ...places];
  return (
    <Select
      label={label}
      data={all.map((place) => ({ value: place, label: shown(place) }))}
      value={value === '' ? null : value}
      onChange={(place) => change(place ?? '')}
      searchable
      clearable
    />
  );
}
