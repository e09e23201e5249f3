import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type CallBacksQuery, idsOfCallBacks } from '../api/callBacks.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Callers that are selected at once at most. */
export const MOST_CHOSEN = 5_000;

export type Chosen = {
  readonly ids: readonly string[];
  has(id: string): boolean;
  toggle(id: string): void;
  /** asks for all pages */
  all(): void;
  none(): void;
  /** how many are there so far, while all are asked for */
  readonly asking: number | null;
};

/** Which callers are selected, also those of pages that are not shown; of a list that is shown whole only who is in it. */
export function useChosen(query: CallBacksQuery, shown: readonly string[], isWhole: boolean): Chosen {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState(0);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);
  const asking = useMutation({
    mutationFn: () => {
      setFound(0);
      return idsOfCallBacks(query, { most: MOST_CHOSEN, told: setFound, signal: leaving.current.signal });
    },
    onSuccess: (ids) => setChosen(new Set(ids)),
    onError: (error) => leaving.current.signal.aborted || say(messageOf(error, t)),
  });
  return {
    ids: isWhole ? shown.filter((id) => chosen.has(id)) : [...chosen],
    has: (id) => chosen.has(id),
    toggle(id) {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      setChosen(next);
    },
    all: () => asking.mutate(),
    none: () => setChosen(new Set()),
    asking: asking.isPending ? found : null,
  };
}
