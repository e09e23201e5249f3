import { useEffect, useState } from 'react';
import { useWho } from '../shell/MeProvider.tsx';
import { readDraft, removeDraft, writeDraft } from './drafts.ts';

export type Draft<T> = {
  readonly value: T;
  readonly change: (value: T | ((before: T) => T)) => void;
  /** it is not as it was at first, so closing would lose something */
  readonly isUnsaved: boolean;
  /** it was typed before, and came back */
  readonly isRestored: boolean;
  /** as it was at first; what was sent or is thrown away is no draft any more */
  readonly discard: () => void;
};

/** The state of a form that outlives its closing: by the name of the form, for who is signed in. */
export function useDraft<T>(form: string, initial: () => T, isOne: (stored: unknown) => stored is T): Draft<T> {
  const name = `${useWho().sub} ${form}`;
  const [first] = useState(initial);
  const [restored] = useState(() => {
    const stored = readDraft(name);
    return isOne(stored) ? stored : null;
  });
  const [value, change] = useState(restored ?? first);
  const [isRestored, setRestored] = useState(restored !== null);
  const isUnsaved = JSON.stringify(value) !== JSON.stringify(first);
  useEffect(() => {
    if (isUnsaved) writeDraft(name, value);
    else removeDraft(name);
  }, [name, value, isUnsaved]);
  useEffect(() => {
    if (!isUnsaved) return;
    // the tab's end is the draft's end
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUnsaved]);
  const discard = () => {
    // the form may be gone before an effect runs
    removeDraft(name);
    change(() => first);
    setRestored(false);
  };
  return { value, change, isUnsaved, isRestored, discard };
}

export function isText(stored: unknown): stored is string {
  return typeof stored === 'string';
}
