import { useQuery } from '@tanstack/react-query';
import { ask } from './client.ts';
import type { Me, SigningIn } from './types.ts';

export const ME = ['me'] as const;

/** Who is signed in; an `ApiError` of status 401 when nobody is. */
export function useMe() {
  return useQuery({ queryKey: ME, queryFn: ({ signal }) => ask<Me>('/api/me', { signal }), staleTime: 60_000 });
}

/** The command that makes a sign-in link. */
export function useSignInCommand() {
  return useQuery({
    queryKey: ['sign-in command'],
    queryFn: ({ signal }) => ask<SigningIn>('/api/session', { signal }),
    select: ({ command }) => command,
  });
}

/** Swaps a one-time link's secret, or a token, for the session's cookie. */
export function signIn(by: { readonly link: string } | { readonly token: string }): Promise<void> {
  if ('link' in by) return ask('/api/session', { method: 'POST', body: { link: by.link } });
  return ask('/api/session', { method: 'POST', body: {}, headers: { Authorization: `Bearer ${by.token}` } });
}

export function signOut(): Promise<void> {
  return ask('/api/session', { method: 'DELETE' });
}
