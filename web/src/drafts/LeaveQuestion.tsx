import { Alert, Button, Group } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import type { CloseGuard } from './useCloseGuard.ts';

/** What becomes of what was typed, where one closes its form. */
export function LeaveQuestion({ guard }: { readonly guard: CloseGuard }) {
  return guard.isAsking ? <Question guard={guard} /> : null;
}

function Question({ guard: { stay, keep, discard } }: { readonly guard: CloseGuard }) {
  const { t } = useLanguage();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Alert color="amber" title={t.drafts.unsaved} role="alertdialog" aria-label={t.drafts.unsaved} mb="md">
      <Group gap="xs" p={3}>
        <Button ref={first} size="compact-md" onClick={stay}>
          {t.drafts.stay}
        </Button>
        <Button variant="default" size="compact-md" onClick={keep}>
          {t.drafts.keep}
        </Button>
        <Button variant="default" size="compact-md" onClick={discard}>
          {t.drafts.discard}
        </Button>
      </Group>
    </Alert>
  );
}
