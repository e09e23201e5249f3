import type pg from 'pg';
import { z } from 'zod';
import { holds } from '../../domain/directory/directory.ts';
import { sightOf } from '../../domain/directory/view.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { VERSION } from '../../version.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { setSessionCookie } from '../auth/cookie.ts';
import { ANYONE } from '../auth/principal.ts';
import { originOf } from '../auth/sameOrigin.ts';
import { redeemSignInLink } from '../auth/signInLinks.ts';
import { endSignInSession, startSignInSession } from '../auth/signInSessions.ts';
import { meSchema, signingInSchema, text } from '../contract/contract.ts';
import { defineOpenRoute, defineRoute, nothing, type Route } from '../kit/route.ts';
import type { LiveFeed } from '../live/feed.ts';

export function signInRoutes(options: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly feed: LiveFeed;
  readonly programName: string;
  readonly demo: boolean;
  /** browsers reach us by https */
  readonly https: boolean;
}): Route[] {
  const { pool, clock, authenticator, feed, programName, demo, https } = options;
  return [
    defineOpenRoute({
      method: 'get',
      path: '/api/session',
      summary: 'How to sign in',
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'What makes a sign-in link, where the program runs', schema: signingInSchema } },
      handler: () => ({ status: 200, json: { command: `${programName} token --link --role agent` } }),
    }),
    defineOpenRoute({
      method: 'post',
      path: '/api/session',
      summary: 'Sign in by a one-time link’s secret, or by bearer token: sets the session’s cookie',
      rate: 'signIn',
      params: nothing,
      query: nothing,
      body: z.strictObject({
        link: text(100).optional().meta({ description: 'what stands behind `#link=` in a sign-in link' }),
      }),
      answers: { 204: { description: 'Signed in for 12 hours; by bearer token at most until that expires' } },
      handler: async ({ body, request }) => {
        if (originOf(request.headers) === 'other') {
          throw new CommslogError('FORBIDDEN', 'Only our own pages may sign in.');
        }
        const proved =
          body.link === undefined
            ? await authenticator.byToken(request)
            : await redeemSignInLink(pool, body.link, clock.now());
        const session = proved && (await startSignInSession(pool, proved, clock.now()));
        if (!session) throw new CommslogError('UNAUTHENTICATED', 'The link or token is unknown, used or too old.');
        return { status: 204, headers: { 'Set-Cookie': setSessionCookie(session.secret, session.seconds, https) } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/session',
      summary: 'Sign out; the session’s live feeds end',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 204: { description: 'Signed out' } },
      handler: async ({ principal: { signInSession } }) => {
        if (signInSession !== null) {
          await endSignInSession(pool, signInSession);
          feed.endSignInSession(signInSession);
        }
        return { status: 204, headers: { 'Set-Cookie': setSessionCookie('', 0, https) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/me',
      summary: 'Who am I',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'Subject and role, until when, who that is, what they see', schema: meSchema } },
      handler: async ({ principal, viewer }) => {
        const { sub, role, expiresAt } = principal;
        const { directory, isMasked } = await viewer();
        const person = directory.personOfSub(sub);
        const extensions = person?.lines.filter((line) => holds(line, clock.now())).map(({ extension }) => extension);
        const json: z.infer<typeof meSchema> = {
          sub,
          role,
          expires_at: toRfc3339(expiresAt),
          person: person && { id: person.id, name: person.name, extensions: [...new Set(extensions)] },
          sees: sightOf(directory, principal),
          masked: isMasked,
          demo,
          version: VERSION,
        };
        return { status: 200, json };
      },
    }),
  ];
}
