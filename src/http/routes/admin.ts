import { z } from 'zod';
import type { Health, PbxShown, ServerShown } from '../../ports/health.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { ADMINS, AUDITORS } from '../auth/principal.ts';
import { cursor, limit, pageOf, pbxSchema, serverSchema } from '../contract/contract.ts';
import {
  askedRetry,
  parkedRetrySchema,
  parkedSchema,
  positionSchema,
  retryParkedBody,
  shownParked,
  shownRetry,
} from '../contract/parkedContract.ts';
import { inVersion, pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

const parkedKey = inVersion(positionSchema);

export function adminRoutes(
  readModel: ReadModel,
  rebuilds: Pick<Rebuilds, 'retryParked'>,
  health: Pick<Health, 'pbxs' | 'servers'>,
): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/pbx',
      summary: 'How the connections to the PBXs are',
      roles: AUDITORS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'One a PBX', schema: z.object({ items: z.array(pbxSchema) }) } },
      handler: () => ({ status: 200, json: { items: health.pbxs().map(shown) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/servers',
      summary: 'Which server does what',
      roles: AUDITORS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: {
        200: {
          description: 'The one that answers, then the others of the last day by name',
          schema: z.object({ items: z.array(serverSchema) }),
        },
      },
      handler: () => ({ status: 200, json: { items: health.servers().map(shownServer) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/parked',
      summary: 'Events that could not be projected',
      roles: AUDITORS,
      params: nothing,
      query: z.strictObject({ cursor, limit }),
      body: nothing,
      answers: { 200: { description: 'A page, in the order of the log', schema: pageOf(parkedSchema) } },
      handler: ({ query, request }) =>
        pageReply({ ...query, url: request.originalUrl }, 'parked', parkedKey, async (after, limit) => {
          const { items, next } = await readModel.parked(after && { ...after, key: BigInt(after.key) }, limit);
          return { items: items.map(shownParked), next: next && { ...next, key: `${next.key}` } };
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/parked/retry',
      summary: 'Project parked events again, the oldest first, a hundred at most',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: retryParkedBody,
      answers: {
        200: { description: 'How many are parked no more, and which still are', schema: parkedRetrySchema },
        404: { description: 'There is no such version, or nothing is parked at one of the positions' },
        409: { description: 'The version is being built, or is gone' },
      },
      handler: async ({ body }) => ({ status: 200, json: shownRetry(await rebuilds.retryParked(askedRetry(body))) }),
    }),
  ];
}

function shown(state: PbxShown): z.infer<typeof pbxSchema> {
  const { listener } = state;
  return {
    pbx: state.pbx,
    state: state.state,
    level: state.level,
    detail: state.detail,
    since: state.since,
    listener: listener && {
      server: listener.name,
      this_one: listener.isThisOne,
      told_seconds_ago: listener.secondsAgo,
    },
    last_heard_at: state.lastHeardAt,
    delay_ms: state.delayMs,
    account: state.account && { ...state.account, commands: [...state.account.commands] },
    last_error: state.lastError,
    reconnects: state.reconnects,
    counts: { ...state.counts },
  };
}

function shownServer(server: ServerShown): z.infer<typeof serverSchema> {
  return {
    name: server.name,
    this_one: server.isThisOne,
    program: server.program,
    started_at: server.startedAt,
    silent_seconds: server.silentSeconds,
    living: server.isLiving,
    listens_to: [...server.listensTo],
    stands_by_for: [...server.standsByFor],
    projects: [...server.projects],
    stands_by_to_project: server.standsByToProject,
  };
}
