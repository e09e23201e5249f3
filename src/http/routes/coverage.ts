import { z } from 'zod';
import { fromRfc3339, type Micros, toRfc3339 } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { AUDITORS } from '../auth/principal.ts';
import { time } from '../contract/contract.ts';
import { coverageSchema, shownCoverage } from '../contract/coverageContract.ts';
import { isPeriod, notAPeriod, timeZone } from '../contract/period.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import { parseInput } from '../kit/validation.ts';

const USUAL_DAYS = 30;
const DAY = 86_400_000_000;

const coverageQuery = z.strictObject({
  from: time.optional().meta({ description: `inclusive; default: ${USUAL_DAYS} days before \`to\`` }),
  to: time.optional().meta({ description: 'exclusive; default: now' }),
  tz: timeZone,
});
const askedPeriod = coverageQuery.required().refine(isPeriod, notAPeriod);

export function coverageRoutes({ clock }: { readonly clock: Clock }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/coverage',
      isExpensive: () => true,
      summary: 'How long each PBX was listened to, day by day, and what was not heard',
      roles: AUDITORS,
      params: nothing,
      query: coverageQuery,
      body: nothing,
      answers: { 200: { description: 'One a PBX; gaps the newest first', schema: coverageSchema } },
      handler: async ({ query, viewer, gone }) => {
        const { readModel } = await viewer();
        const now = toRfc3339(clock.now());
        const { to = now, from = daysBefore(to), tz } = query;
        const period = parseInput(askedPeriod, { from, to, tz }, 'query');
        const pbxs = await readModel.coverage({ from, to, timeZone: tz, now }, gone);
        return { status: 200, json: { ...period, pbxs: shownCoverage(pbxs) } };
      },
    }),
  ];
}

function daysBefore(time: string): string {
  return toRfc3339(((fromRfc3339(time) ?? 0) - USUAL_DAYS * DAY) as Micros);
}
