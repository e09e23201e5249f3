import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';

const TYPING_MS = 300;

type Props = Omit<TextInputProps, 'value' | 'onChange'> & {
  readonly value: string;
  readonly change: (value: string) => void;
};

/** Follows the typing at once, and the filters when it rests. */
export function TypedInput({ value, change, ...others }: Props) {
  const [typed, setTyped] = useState(value);
  const changeSoon = useDebouncedCallback(change, TYPING_MS);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      {...others}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        changeSoon(event.currentTarget.value);
      }}
    />
  );
}
