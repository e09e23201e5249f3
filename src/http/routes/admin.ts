import { z } from 'zod';
import { toRfc3339 } from '../../domain/time.ts';
import type { PbxHealth } from '../../ports/health.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { ADMINS, AUDITORS } from '../auth/principal.ts';
import { cursor, limit, pageOf, pbxSchema } from '../contract/contract.ts';
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
  pbxs: () => readonly PbxHealth[],
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
      handler: () => ({ status: 200, json: { items: pbxs().map(shown) } }),
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

function shown(state: PbxHealth): z.infer<typeof pbxSchema> {
  return {
    pbx: state.pbx,
    state: state.state,
    level: state.level,
    detail: state.detail,
    since: toRfc3339(state.since),
    last_heard_at: state.lastHeardAt === null ? null : toRfc3339(state.lastHeardAt),
    delay_ms: state.delayMs,
    account: state.account && { ...state.account, commands: [...state.account.commands] },
    last_error: state.lastError,
    reconnects: state.reconnects,
    counts: { ...state.counts },
  };
}
