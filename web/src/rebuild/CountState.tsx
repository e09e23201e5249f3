import { Alert, Text } from '@mantine/core';
import type { Diff } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

type Props = { readonly diff: Diff; readonly isError: boolean };

/** How far what differs is counted, and as of when. */
export function CountState({ diff: { counted, complete }, isError }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  if (counted?.whole) {
    return complete ? (
      <Text size="sm" c="dimmed" mb="md">
        {t.rebuild.countedAt(format.short(new Date(counted.to)))}
      </Text>
    ) : (
      <Alert color="amber" title={t.rebuild.incomplete} mb="md" />
    );
  }
  return (
    <Alert
      color="amber"
      title={counted ? t.rebuild.counting(format.percent(counted.share)) : t.rebuild.notCounted}
      mb="md"
    >
      {isError && t.rebuild.countFails}
    </Alert>
  );
}
