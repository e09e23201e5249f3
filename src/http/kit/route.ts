import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Author, Role } from '../../domain/events.ts';
import { CommslogError } from '../../errors.ts';
import type { Principal } from '../auth/principal.ts';
import type { Patience } from './inTime.ts';
import { parseInput } from './validation.ts';
import type { Seeing } from './viewer.ts';

/** For routes without parameters, query or body: whatever comes there is refused by name. */
export const nothing = z.strictObject({});

export type Answer = { readonly description: string; readonly schema?: z.ZodType; readonly type?: string };

export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown }
  | { readonly status: number; readonly type: string; readonly text: string }
  /** writes the answer itself, for as long as it takes */
  | { readonly stream: (response: Response) => void | Promise<void> };

/** What a handler gets: only what its schemas let through. */
export type RouteInput<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  /** aborts when nobody waits for the answer any more */
  readonly gone: AbortSignal;
};

/** One request to a route. */
export type Asked = {
  readonly request: Request;
  readonly requestId: string;
  readonly principal: Principal | null;
  /** who asks, and what there is to know of people then */
  readonly viewer: (principal: Principal) => Promise<Seeing>;
  readonly gone: AbortSignal;
};

type Rate = 'usual' | 'signIn' | 'unlimited';

type Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** as OpenAPI writes it: `/api/crm/comms/{id}` */
  readonly path: string;
  readonly summary: string;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** headers that the handler reads, for the document */
  readonly headers?: z.ZodObject;
  /** whether a request takes long with many entries: of such somebody may make fewer; default: none does */
  readonly isExpensive?: (request: Request) => boolean;
  /** what is limited by itself, besides the usual limit */
  readonly limitedAs?: 'calls';
  /** default: that of its method */
  readonly patience?: Patience;
  readonly answers: Readonly<Record<number, Answer>>;
};

/** A route as it is mounted, authorised and documented. */
export type Route = Omit<Spec<z.ZodObject, z.ZodObject, z.ZodObject>, 'answers'> & {
  readonly access: 'open' | readonly Role[];
  /** `signIn`: the stricter rate limit; `unlimited`: what costs nothing, and must not fail by what others at the address do */
  readonly rate: Rate;
  readonly answers: Readonly<Record<number, Answer>>;
  run(asked: Asked): Promise<Reply>;
};

/** A route for the roles that it names; nobody else gets in. */
export function defineRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  spec: Spec<P, Q, B> & {
    readonly roles: readonly Role[];
    handler(
      input: RouteInput<z.output<P>, z.output<Q>, z.output<B>> & {
        readonly principal: Principal;
        readonly author: Author;
        readonly viewer: () => Promise<Seeing>;
      },
    ): Reply | Promise<Reply>;
  },
): Route {
  const { roles, handler, ...route } = spec;
  return {
    ...route,
    access: roles,
    rate: 'usual',
    async run({ request, requestId, principal, viewer, gone }) {
      if (!principal) throw new CommslogError('UNAUTHENTICATED', 'A valid bearer token or session is needed.');
      const { sub, role } = principal;
      const author = { actor: { sub, role }, requestId };
      const input = inputOf(spec, request);
      return handler({ ...input, request, gone, principal, author, viewer: () => viewer(principal) });
    },
  };
}

/** A route that needs no authentication. */
export function defineOpenRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  spec: Spec<P, Q, B> & {
    readonly rate?: Rate;
    handler(input: RouteInput<z.output<P>, z.output<Q>, z.output<B>>): Reply | Promise<Reply>;
  },
): Route {
  const { handler, rate = 'usual', ...route } = spec;
  return {
    ...route,
    access: 'open',
    rate,
    async run({ request, gone }) {
      return handler({ ...inputOf(spec, request), request, gone });
    },
  };
}

function inputOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject>(
  spec: Spec<P, Q, B>,
  request: Request,
): { params: z.output<P>; query: z.output<Q>; body: z.output<B> } {
  return {
    params: parseInput(spec.params, request.params, 'path'),
    query: parseInput(spec.query, request.query, 'query'),
    body: parseInput(spec.body, request.body ?? {}, 'body'),
  };
}
