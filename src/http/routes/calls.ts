import { z } from 'zod';
import type { ActDeps } from '../../acts/deps.ts';
import { logCallByHand } from '../../acts/logCall.ts';
import { AGENTS, ANYONE } from '../auth/principal.ts';
import { currentSchema, entrySchema, logCallBody } from '../contract/contract.ts';
import { etagOf } from '../kit/etag.ts';
import { idempotencyKeyHeader, idempotencyKeyOf } from '../kit/idempotencyKey.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

export function callRoutes(deps: ActDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/calls/current',
      summary: 'Calls in progress',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: {
        200: {
          description: 'All of them, but at most the oldest 5,000, or 16 MB',
          schema: z.object({ items: z.array(currentSchema) }),
        },
      },
      handler: async ({ viewer }) => {
        const who = await viewer();
        const calls = await who.readModel.current();
        return { status: 200, json: { items: calls.map((call) => who.show(call)) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/crm/calls/log',
      summary: 'Log a call by hand',
      roles: AGENTS,
      params: nothing,
      query: nothing,
      body: logCallBody,
      headers: idempotencyKeyHeader,
      answers: { 201: { description: 'The entry', schema: entrySchema } },
      handler: async ({ body, author, request, viewer }) => {
        const key = idempotencyKeyOf(request);
        const wanted = {
          customerId: body.customer_id,
          direction: body.direction,
          durationSeconds: body.duration_seconds,
          notes: body.notes,
          occurredAt: body.occurred_at ?? null,
        };
        const { entry, version } = await logCallByHand(deps, wanted, key, author);
        const headers = { ETag: etagOf(version), Location: `/api/crm/comms/${entry.id}` };
        return { status: 201, headers, json: (await viewer()).show(entry) };
      },
    }),
  ];
}
