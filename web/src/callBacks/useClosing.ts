import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askAfterClosing, closeCallBacks } from '../api/callBacks.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Takes callers off the list and says so; `done` of them are off so far. */
export function useClosing(then?: () => void) {
  const { t } = useLanguage();
  const format = useFormat();
  const queries = useQueryClient();
  const [done, setDone] = useState(0);
  const closing = useMutation({
    async mutationFn(ids: readonly string[]) {
      let count = 0;
      const told = (so: number) => {
        count = so;
        setDone(so);
      };
      setDone(0);
      try {
        await closeCallBacks(ids, told);
        say(t.callBacks.removed(ids.length));
        then?.();
      } catch (error) {
        const why = messageOf(error, t);
        say(ids.length === 1 ? why : t.callBacks.stopped(format.figure(count), format.figure(ids.length), why));
      }
      await askAfterClosing(queries);
    },
  });
  return { close: closing.mutate, isPending: closing.isPending, done };
}
