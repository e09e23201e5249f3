import { Group, Text, TextInput } from '@mantine/core';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { type LogCallForm, lengthOf, type Problems } from './form.ts';

type Props = {
  readonly form: LogCallForm;
  readonly change: (some: Pick<LogCallForm, 'minutes'> | Pick<LogCallForm, 'seconds'>) => void;
  readonly problems: Problems;
  readonly hasFocus: boolean;
};

/** How long it was, in minutes and seconds as they are typed; what 75 seconds come to is said, and nothing is cut. */
export function Length({ form, change, problems, hasFocus }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const length = lengthOf(form);
  return (
    <>
      <Group grow align="start">
        <TextInput
          label={t.logCall.minutes}
          inputMode="numeric"
          placeholder="0"
          value={form.minutes}
          onChange={(event) => change({ minutes: event.currentTarget.value })}
          error={problems.minutes}
          data-autofocus={hasFocus || undefined}
        />
        <TextInput
          label={t.logCall.seconds}
          inputMode="numeric"
          placeholder="0"
          value={form.seconds}
          onChange={(event) => change({ seconds: event.currentTarget.value })}
          error={problems.seconds}
        />
      </Group>
      <Text size="xs" c="dimmed" mt={-8} role="status">
        {length === 0 ? t.logCall.durationHint : t.logCall.comesTo(format.duration(length))}
      </Text>
    </>
  );
}
