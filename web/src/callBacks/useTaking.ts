import { callBack, useSaying } from '../api/callBacks.ts';
import type { CallBack } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Takes a caller whom nobody has, and gives back one who is taken. */
export function useTaking() {
  const { t } = useLanguage();
  return useSaying(({ id, taken }: Pick<CallBack, 'id' | 'taken'>) => callBack.take(id, taken === null), {
    refused: (error) => say(messageOf(error, t)),
  });
}
