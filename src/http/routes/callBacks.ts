import { z } from 'zod';
import { type CallBackChange, callBackScope, closeCallBacks, planAndNote, takeOrRelease } from '../../acts/callBack.ts';
import type { ActDeps } from '../../acts/deps.ts';
import type { Author } from '../../domain/events.ts';
import { maskedNumber } from '../../domain/phone/index.ts';
import type { CallBack } from '../../ports/callBacks.ts';
import { AGENTS, ANYONE } from '../auth/principal.ts';
import {
  callBackCountsSchema,
  callBackParams,
  callBackSchema,
  callBacksQuery,
  closeCallBacksBody,
  closedCallBacksSchema,
  planCallBackBody,
} from '../contract/callBackContract.ts';
import { pageOf, time, uuid } from '../contract/contract.ts';
import { inVersion, pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Reply, type Route } from '../kit/route.ts';
import { asSeen, type Seeing } from '../kit/viewer.ts';

const key = inVersion(z.strictObject({ at: time, id: uuid, tries: z.int() }));

/** Who waits to be called back: one line for each caller. */
export function callBackRoutes(deps: ActDeps): Route[] {
  const scopeOf = callBackScope(deps.log);
  const actOn = async (
    { params, author, viewer }: Input,
    act: (deps: ActDeps, change: CallBackChange) => Promise<CallBack>,
  ): Promise<Reply> => {
    const who = await viewer();
    const change = { id: params.id, scope: await scopeOf(who.directory), author };
    return { status: 200, json: shown(await act(asSeen(deps, who), change), who) };
  };

  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/call-backs',
      summary: 'Callers whom nobody has answered or called back, one line each; or those who were',
      roles: ANYONE,
      params: nothing,
      query: callBacksQuery,
      body: nothing,
      answers: { 200: { description: 'A page', schema: pageOf(callBackSchema) } },
      handler: async ({ query: { cursor, limit, state, sort, mine }, principal, request, viewer, gone }) => {
        const who = await viewer();
        const takenBy = mine === true ? principal.sub : undefined;
        const filter = { ...(await scopeOf(who.directory)), state, sort, takenBy };
        const page = { cursor, limit, url: request.originalUrl };
        return pageReply(page, { callBacks: filter }, key, async (after, most) => {
          const { items, next } = await who.readModel.callBacks(filter, after, most, gone);
          return { items: items.map((one) => shown(one, who)), next };
        });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/call-backs/counts',
      summary: 'How many callers wait to be called back',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'Counts', schema: callBackCountsSchema } },
      handler: async ({ principal, viewer, gone }) => {
        const who = await viewer();
        const scope = await scopeOf(who.directory);
        const counts = await who.readModel.callBackCounts(scope, principal.sub, gone);
        return { status: 200, json: { ...counts, since: scope.since } };
      },
    }),
    ...[true, false].map((take) =>
      defineRoute({
        method: take ? 'put' : 'delete',
        path: '/api/crm/call-backs/{id}/taken',
        summary: take ? 'Take it: who asks calls back' : 'Give it back',
        ...onCaller,
        body: nothing,
        handler: (input) => actOn(input, (acting, change) => takeOrRelease(acting, change, take)),
      }),
    ),
    defineRoute({
      method: 'patch',
      path: '/api/crm/call-backs/{id}',
      summary: 'Say until when they are to be called back, and what is to be known',
      ...onCaller,
      body: planCallBackBody,
      handler: (input) => {
        const { due_at: dueAt, note } = input.body;
        return actOn(input, (acting, change) => planAndNote(acting, change, { dueAt, note }));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/crm/call-backs/done',
      summary: 'Take all that these callers wait for off the list; a later call of theirs comes back onto it',
      roles: AGENTS,
      params: nothing,
      query: nothing,
      body: closeCallBacksBody,
      answers: { 200: { description: 'How many entries of each are done now', schema: closedCallBacksSchema } },
      handler: async ({ body: { ids }, author, viewer }) => {
        const who = await viewer();
        const items = await closeCallBacks(asSeen(deps, who), { ids, scope: await scopeOf(who.directory), author });
        return { status: 200, json: { items } };
      },
    }),
  ];
}

const onCaller = {
  roles: AGENTS,
  params: callBackParams,
  query: nothing,
  answers: { 200: { description: 'The caller as they wait now', schema: callBackSchema } },
};

type Input = {
  readonly params: z.output<typeof callBackParams>;
  readonly author: Author;
  readonly viewer: () => Promise<Seeing>;
};

function shown(one: CallBack, { directory, isMasked }: Seeing): z.infer<typeof callBackSchema> {
  const { pbx, did, said } = one;
  const hidden = (text: string | null) => (isMasked && text !== null ? maskedNumber(text) : text);
  const by = ({ by: sub, at }: { readonly by: string; readonly at: string }) => {
    return { sub, name: directory.personOfSub(sub)?.name ?? null, at };
  };
  const queues = [...(one.queues ?? [])];
  return {
    id: one.id,
    customer: one.customer,
    external_number: hidden(one.external_number),
    external_number_raw: hidden(one.external_number_raw),
    external_name: hidden(one.external_name),
    pbx,
    did,
    did_name: did === null ? null : directory.nameOf('dids', { place: did, pbx }),
    queues,
    queue_names: directory.queueNames(queues, pbx),
    tries: one.tries,
    first_at: one.first_at,
    last: one.last,
    attempts: one.attempts,
    taken: said.taken && by(said.taken),
    due_at: said.due_at,
    note: said.note && { ...by(said.note), text: said.note.text },
    closed: one.closed,
  };
}
