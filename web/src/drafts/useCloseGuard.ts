import { useEffect, useState } from 'react';
import type { Draft } from './useDraft.ts';

export type CloseGuard = {
  /** Closes, or asks first where something would be lost. */
  readonly ask: () => void;
  readonly isAsking: boolean;
  readonly stay: () => void;
  readonly keep: () => void;
  readonly discard: () => void;
};

export function useCloseGuard(draft: Pick<Draft<unknown>, 'isUnsaved' | 'discard'>, close: () => void): CloseGuard {
  const [isAsking, setAsking] = useState(false);
  const { isUnsaved } = draft;
  useEffect(() => {
    if (!isUnsaved) setAsking(false);
  }, [isUnsaved]);
  return {
    ask: () => (isUnsaved ? setAsking(true) : close()),
    isAsking: isAsking && isUnsaved,
    stay: () => setAsking(false),
    keep: close,
    discard() {
      draft.discard();
      close();
    },
  };
}
