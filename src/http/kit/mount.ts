import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Role } from '../../domain/events.ts';
import { CommslogError } from '../../errors.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { ANYONE } from '../auth/principal.ts';
import { originOf } from '../auth/sameOrigin.ts';
import { inTime, type Patience } from './inTime.ts';
import type { RateLimiters } from './rateLimit.ts';
import { stateOf } from './requestState.ts';
import { type Asked, nothing, type Reply, type Route } from './route.ts';

const MAX_BODY_BYTES = 100_000;

type Guards = {
  readonly authenticator: Authenticator;
  readonly limiters: RateLimiters;
  readonly viewer: Asked['viewer'];
};

/**
 * Every route behind the same guards, in this order: how often a session is looked up, who asks, how often, from where, in
 * which role; only then is the body read. Other methods on a known path are 405; an unknown path under /api is 404 to those
 * who may ask at all.
 */
export function mountRoutes(routes: readonly Route[], guards: Guards): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(noticeLeaving);
  for (const route of routes) {
    router[route.method](expressPath(route.path), nameRoute(route.path), ...pipeline(route, guards));
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const there = routes.filter((route) => route.path === path);
    const open = there.every((route) => route.access === 'open');
    const who = open ? [] : letIn(ANYONE, guards);
    router.all(expressPath(path), nameRoute(path), ...who, refuseMethod(there.map((route) => route.method)));
  }
  router.use('/api', ...letIn(ANYONE, guards), () => {
    throw new CommslogError('NOT_FOUND', 'There is nothing at this path.');
  });
  return router;
}

function pipeline(route: Route, guards: Guards): RequestHandler[] {
  const { access } = route;
  return [
    ...(access === 'open' ? rateOf(route, guards) : letIn(access, guards)),
    ...expensive(route, guards),
    ...(route.limitedAs === undefined ? [] : [guards.limiters[route.limitedAs]]),
    ...(route.body === nothing ? [] : readBody()),
    async (request, response) => {
      const { id: requestId, principal } = stateOf(request);
      const reply = await inTime(request, patienceOf(route), (gone) =>
        route.run({ request, requestId, principal, viewer: guards.viewer, gone }),
      );
      await send(request, response, reply);
    },
  ];
}

function patienceOf({ method, patience }: Route): Patience {
  return patience ?? (method === 'get' ? 'read' : 'write');
}

const noticeLeaving: RequestHandler = (request, response, next) => {
  const { gone } = stateOf(request);
  response.once('close', () => gone.abort());
  next();
};

function nameRoute(path: string): RequestHandler {
  return (request, _response, next) => {
    stateOf(request).route = path;
    next();
  };
}

function rateOf({ rate }: Route, { limiters }: Guards): RequestHandler[] {
  return rate === 'unlimited' ? [] : [limiters[rate]];
}

function expensive({ isExpensive }: Route, { limiters }: Guards): RequestHandler[] {
  if (!isExpensive) return [];
  return [(request, response, next) => (isExpensive(request) ? limiters.expensive(request, response, next) : next())];
}

function letIn(roles: readonly Role[], guards: Guards): RequestHandler[] {
  const { lookUps, usual } = guards.limiters;
  return [lookUps.refuse, identify(guards), usual, authorise(roles)];
}

function identify({ authenticator, limiters }: Guards): RequestHandler {
  return async (request, _response, next) => {
    const looking = inTime(request, 'read', () => authenticator.authenticate(request));
    const principal = await looking.catch(async (error: unknown) => {
      await limiters.lookUps.settle(request, null);
      throw error;
    });
    if (principal) await limiters.lookUps.settle(request, principal.signInSession);
    stateOf(request).principal = principal;
    next();
  };
}

/** Roles, and for writes by cookie that our own pages ask: a browser adds the cookie to whatever page sends a request. */
function authorise(roles: readonly Role[]): RequestHandler {
  return (request, _response, next) => {
    const { principal } = stateOf(request);
    if (!principal) throw new CommslogError('UNAUTHENTICATED', 'A valid bearer token or session is needed.');
    if (!roles.includes(principal.role)) throw new CommslogError('FORBIDDEN', 'This role may not do that.');
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (principal.signInSession !== null && !reads && originOf(request.headers) !== 'same') {
      throw new CommslogError('FORBIDDEN', 'With a session, only our own pages may change something.');
    }
    next();
  };
}

function readBody(): RequestHandler[] {
  const refuseOtherTypes: RequestHandler = (request, _response, next) => {
    const empty =
      request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
    if (empty || request.is('application/json')) return next();
    throw new CommslogError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json in UTF-8.');
  };
  return [refuseOtherTypes, express.json({ limit: MAX_BODY_BYTES, strict: true })];
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = methods.join(', ').toUpperCase();
  return (_request, response) => {
    response.setHeader('Allow', allowed);
    throw new CommslogError('METHOD_NOT_ALLOWED', `This path takes ${allowed}.`);
  };
}

/** Personal data is in most answers, so no cache may keep any. No conditional requests: an ETag is for If-Match alone. */
async function send(request: Request, response: Response, reply: Reply): Promise<void> {
  if (response.destroyed) return;
  response.setHeader('Cache-Control', 'no-store');
  if ('stream' in reply) {
    if (request.method === 'HEAD') response.status(200).end();
    else await reply.stream(response);
    return;
  }
  response.status(reply.status);
  if ('text' in reply) {
    response.type(reply.type).end(reply.text);
    return;
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.json === undefined) response.end();
  else response.type('application/json').end(JSON.stringify(reply.json));
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
