import { Alert, Button, Group } from '@mantine/core';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import type { Draft } from './useDraft.ts';

/** Says that what stands in the form was typed before, and throws it away when asked. */
export function RestoredDraft<T>({ draft: { isRestored, discard } }: { readonly draft: Draft<T> }) {
  const { t } = useLanguage();
  if (!isRestored) return null;
  return (
    <Alert color="blue" p="xs" role="status">
      <Group justify="space-between" gap="xs">
        {t.drafts.restored}
        <Button variant="default" size="compact-sm" onClick={discard}>
          {t.drafts.discard}
        </Button>
      </Group>
    </Alert>
  );
}
