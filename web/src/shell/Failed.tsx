import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { ApiError } from '../api/client.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from './messageOf.ts';
import { StateMessage } from './StateMessage.tsx';

/** What a page shows instead of what it could not get. */
export function Failed({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const { t } = useLanguage();
  const status = error instanceof ApiError ? error.status : null;
  if (status === 403) return <StateMessage icon="warning" title={t.errors.forbidden} text={t.errors.forbiddenText} />;
  if (status === 404) {
    return (
      <StateMessage icon="search" title={t.errors.notFound} text={t.errors.notFoundText}>
        <Button component={Link} href="/" variant="default">
          {t.errors.toInbox}
        </Button>
      </StateMessage>
    );
  }
  return (
    <StateMessage icon="warning" title={t.errors.title} text={messageOf(error, t)}>
      <Button onClick={retry} variant="default">
        {t.app.retry}
      </Button>
    </StateMessage>
  );
}
