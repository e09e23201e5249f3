import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../auth/principal.ts';

/** What the middleware finds out about a request on its way in. */
export type RequestState = {
  readonly id: string;
  /** the route's path as the OpenAPI document has it; null: none was found. Logs and metrics name it, never the URL. */
  route: string | null;
  principal: Principal | null;
  /** how long the client has waited for what was asked of the database, in milliseconds */
  waitedMs: number;
  /** aborts when nobody waits for the answer any more */
  readonly gone: AbortController;
};

const states = new WeakMap<IncomingMessage, RequestState>();

/** The request's state; begun when it is first asked for, with the caller's own request id if that is a plausible one. */
export function stateOf(request: IncomingMessage): RequestState {
  const known = states.get(request);
  if (known) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
  const state = { id, route: null, principal: null, waitedMs: 0, gone: new AbortController() };
  states.set(request, state);
  return state;
}
