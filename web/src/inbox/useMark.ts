import { useMutation, useQueryClient } from '@tanstack/react-query';
import { markAll } from '../api/annotations.ts';
import { KEYS } from '../api/comms.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

type Marking = { readonly ids: readonly string[]; readonly done: boolean };

/** Ticks calls off the work list, or puts them back; what was ticked off by mistake comes back by one press. */
export function useMark() {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const marked = useMutation({
    mutationFn: ({ ids, done }: Marking) => markAll(ids, done),
    onSuccess: (items, { done }) => {
      const changed = items.filter(({ result }) => result === 'changed' || result === 'moved');
      const ids = changed.map(({ id, current_id }) => current_id ?? id);
      if (done)
        say(t.inbox.markedDone(ids.length), { label: t.app.undo, act: () => marked.mutate({ ids, done: false }) });
      else say(t.inbox.markedOpen(ids.length));
      return queries.invalidateQueries({ queryKey: KEYS.comms });
    },
    onError: (error) => say(messageOf(error, t)),
  });
  return marked;
}
