import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ADMIN, retryParked } from '../api/admin.ts';
import { KEYS } from '../api/comms.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Tries again to make rows of what is set aside, and says what came of it. */
export function RetryParked() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: retryParked,
    onSuccess: ({ folded, remaining }) => {
      say(t.connection.retried(folded, remaining));
      void queries.invalidateQueries({ queryKey: KEYS.comms });
      return queries.invalidateQueries({ queryKey: ADMIN });
    },
    onError: (error) => say(messageOf(error, t)),
  });
  return (
    <Button variant="default" size="compact-sm" onClick={() => retry.mutate()} loading={retry.isPending}>
      {t.app.retry}
    </Button>
  );
}
