import { Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { useMe } from '../api/session.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { SignIn } from '../signIn/SignIn.tsx';
import { useSignInLink } from '../signIn/useSignInLink.ts';
import { Failed } from './Failed.tsx';
import { Shell } from './Shell.tsx';

/** Who is nobody signs in; who was somebody keeps the page, and what was typed into it, when the session ends. */
export function App() {
  const { t } = useLanguage();
  const link = useSignInLink();
  const me = useMe();
  const [wasSignedIn, setWasSignedIn] = useState(false);
  useEffect(() => {
    if (me.data !== undefined) setWasSignedIn(true);
  }, [me.data]);

  if (link === 'working' || me.isPending) {
    return <Loader role="status" aria-label={link === 'working' ? t.signIn.working : t.app.loading} m="xl" />;
  }
  const expired = me.error instanceof ApiError && me.error.status === 401;
  if (me.data !== undefined && (wasSignedIn || !expired)) return <Shell me={me.data} expired={expired} />;
  if (expired) return <SignIn failed={link === 'failed'} />;
  return me.error && <Failed error={me.error} retry={() => void me.refetch()} />;
}
