import type { Request } from 'express';
import type pg from 'pg';
import type { ActDeps } from '../../acts/deps.ts';
import { invite, revoke } from '../../acts/directory.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { ADMINS } from '../auth/principal.ts';
import { createSignInLink, INVITATION_SECONDS, isLinkable, NOT_LINKABLE } from '../auth/signInLinks.ts';
import { endAllOf } from '../auth/signInSessions.ts';
import { directoryParams, invitationSchema } from '../contract/directoryContract.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

type Deps = ActDeps & { readonly pool: pg.Pool; readonly publicUrl: string | null };

/** How people of the directory come to sign in, and how that ends. */
export function accessRoutes(deps: Deps): Route[] {
  const { pool, clock, publicUrl } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/api/crm/people/{id}/invitation',
      summary: 'Make a link with which a person signs in once, within 72 hours; who has no `sub` is given one',
      roles: ADMINS,
      params: directoryParams,
      query: nothing,
      body: nothing,
      answers: { 201: { description: 'The link', schema: invitationSchema } },
      handler: async ({ params: { id }, author, request }) => {
        const baseUrl = publicUrl ?? `http://${hostOf(request)}`;
        if (!isLinkable(new URL(baseUrl))) throw new CommslogError('CONFLICT', NOT_LINKABLE);
        const actor = await invite(deps, { id, author });
        const now = clock.now();
        const link = await createSignInLink(pool, { ...actor, baseUrl, now, seconds: INVITATION_SECONDS });
        const expires_at = toRfc3339((now + INVITATION_SECONDS * 1_000_000) as Micros);
        return { status: 201, json: { link, expires_at } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/crm/people/{id}/access',
      summary:
        'Revoke a person’s access at once: sessions, live feeds, links that are not used yet, and tokens issued so far',
      roles: ADMINS,
      params: directoryParams,
      query: nothing,
      body: nothing,
      answers: { 204: { description: 'Revoked; a later invitation works again' } },
      handler: async ({ params: { id }, author }) => {
        const sub = await revoke(deps, { id, author });
        if (sub !== null) await endAllOf(pool, sub);
        return { status: 204 };
      },
    }),
  ];
}

/** Which hosts there may be was checked before. */
function hostOf({ headers: { host } }: Request): string {
  if (host === undefined) throw new CommslogError('CONFLICT', NOT_LINKABLE);
  return host;
}
