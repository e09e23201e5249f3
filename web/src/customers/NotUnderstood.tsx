import { Alert, Button, Group } from '@mantine/core';
import type { CustomersPage } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

type Props = {
  readonly numbers: NonNullable<CustomersPage['numbers']>;
  /** only their customers are shown */
  readonly alone: boolean;
  readonly show: (alone: boolean) => void;
};

/** How many numbers match no call because nobody knows what they mean, and the way to them. */
export function NotUnderstood({ numbers: { total, not_understood }, alone, show }: Props) {
  const { t } = useLanguage();
  if (not_understood === 0 && !alone) return null;
  return (
    <Alert color="amber" mb="md" role="status">
      <Group justify="space-between">
        {t.customers.numbersNotUnderstood(not_understood, total)}
        <Button variant="default" size="compact-md" onClick={() => show(!alone)}>
          {alone ? t.customers.back : t.customers.showNotUnderstood}
        </Button>
      </Group>
    </Alert>
  );
}
