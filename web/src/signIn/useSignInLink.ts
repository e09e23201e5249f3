import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ME, signIn } from '../api/session.ts';

/** Taken once, before anything renders: the secret leaves the address bar and the history at once. */
const secret = takeSecret();

/** Signs in by the one-time secret behind `#link=`, if the page was opened with one. */
export function useSignInLink(): 'none' | 'working' | 'failed' {
  const queries = useQueryClient();
  const [state, setState] = useState<'none' | 'working' | 'failed'>(secret === null ? 'none' : 'working');
  useEffect(() => {
    if (secret === null) return;
    used ??= signIn({ link: secret });
    used
      .then(() => queries.resetQueries({ queryKey: ME }))
      .then(
        () => setState('none'),
        () => setState('failed'),
      );
  }, [queries]);
  return state;
}

/** It works once, and React may run an effect twice. */
let used: Promise<void> | undefined;

function takeSecret(): string | null {
  const link = new URLSearchParams(location.hash.slice(1)).get('link');
  if (link !== null) history.replaceState(null, '', location.pathname + location.search);
  return link;
}
