import { z } from 'zod';
import { pbxIdSchema } from '../../domain/events.ts';
import { callsRead } from '../../domain/rawFactsRead.ts';
import { type Found, Reconciler } from '../../importing/index.ts';
import type { AuditTrail } from '../../ports/auditTrail.ts';
import type { History } from '../../ports/history.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { AUDITORS } from '../auth/principal.ts';
import { cursor, limit, time } from '../contract/contract.ts';
import { isPeriod, notAPeriod } from '../contract/period.ts';
import { reconciledSchema } from '../contract/reconcileContract.ts';
import { pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import { commsKey } from './comms.ts';

export type ReconcileDeps = {
  readonly history: History;
  readonly rebuilds: Pick<Rebuilds, 'rulesInForce'>;
  readonly audit: Pick<AuditTrail, 'record'>;
};

export function reconcileRoutes({ history, rebuilds, audit }: ReconcileDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/reconcile',
      isExpensive: () => true,
      summary:
        'Where what was heard and the imported call records disagree, call by call, newest first; recorded as a reading',
      roles: AUDITORS,
      params: nothing,
      query: z
        .strictObject({
          from: time.meta({ description: 'inclusive' }),
          to: time.meta({ description: 'exclusive' }),
          pbx: pbxIdSchema.optional(),
          cursor,
          limit: limit.meta({ description: 'calls to compare' }),
        })
        .refine(isPeriod, notAPeriod),
      body: nothing,
      answers: { 200: { description: 'The disagreements of a page of calls', schema: reconciledSchema } },
      handler: async ({ query: { from, to, pbx, cursor, limit }, author, request, viewer, gone }) => {
        const who = await viewer();
        who.requireNumbers();
        const reconciler = new Reconciler(history, (await rebuilds.rulesInForce()).active.rules);
        const page = { cursor, limit, url: request.originalUrl };
        return pageReply(page, { reconcile: { from, to, pbx } }, commsKey, async (after, limit) => {
          const { items, next } = await who.readModel.entries({ from, to }, after, limit, gone);
          const entries = items.filter((one) => one.source !== 'manual' && (pbx === undefined || one.pbx === pbx));
          for (const data of callsRead({ from, to }, entries)) {
            await audit.record({ type: 'RawFactsRead', data }, author);
          }
          const found: Found[] = [];
          for (const entry of entries) found.push(...(await reconciler.disagreements(entry, gone)));
          return { items: found, next, beside: { compared: entries.length } };
        });
      },
    }),
  ];
}
