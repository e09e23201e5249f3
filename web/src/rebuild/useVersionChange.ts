import { useMutation, useQueryClient } from '@tanstack/react-query';
import { REBUILDS } from '../api/admin.ts';
import { KEYS } from '../api/comms.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Changes what is built or served, says so, and looks again at both. */
export function useVersionChange(change: () => Promise<unknown>, done: string) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      say(done);
      void queries.invalidateQueries({ queryKey: KEYS.comms });
      return queries.invalidateQueries({ queryKey: REBUILDS });
    },
    onError: (error) => say(messageOf(error, t)),
  });
}
