import { z } from 'zod';
import { directionSchema, type Outcome } from '../../domain/entry.ts';
import { ANYONE } from '../auth/principal.ts';
import { time } from '../contract/contract.ts';
import { isPeriod, notAPeriod, timeZone } from '../contract/period.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

const outcomeCounts = {
  answered: z.int(),
  missed: z.int(),
  abandoned: z.int(),
  busy: z.int(),
  failed: z.int(),
  voicemail: z.int(),
} as const satisfies Record<Outcome, z.ZodType>;

const seconds = z.number().nullable();
const rowSchemas = {
  summary: z.object({
    direction: directionSchema,
    calls: z.int(),
    ...outcomeCounts,
    handled_by_machine: z.int().meta({ description: 'a machine spoke with the outside party, and no person did' }),
    median_ring_seconds: seconds.meta({ description: 'until somebody answered' }),
    longest_ring_seconds: seconds,
    median_talk_seconds: seconds,
    total_talk_seconds: z.number(),
  }),
  calls_by_day: z.object({ day: z.iso.date(), ...outcomeCounts }),
  calls_by_hour: z.object({
    weekday: z.int().min(1).max(7).meta({ description: '1 is Monday' }),
    hour: z.int().min(0).max(23),
    ...outcomeCounts,
  }),
  missed_by_extension: z.object({ extension: z.string(), missed: z.int() }),
};

const nameSchema = z.enum(['summary', 'calls_by_day', 'calls_by_hour', 'missed_by_extension']);
const periodQuery = z
  .strictObject({
    from: time.meta({ description: 'inclusive' }),
    to: time.meta({ description: 'exclusive' }),
    tz: timeZone,
  })
  .refine(isPeriod, notAPeriod);

export const reportSchema = z
  .object({
    name: nameSchema,
    from: z.string(),
    to: z.string(),
    tz: z.string(),
    rows: z.union(Object.values(rowSchemas).map((row) => z.array(row))),
  })
  .meta({ id: 'Report' });

export function reportRoutes(): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/reports/{name}',
      isExpensive: () => true,
      summary: 'Figures of a period: a summary, calls by day, calls by hour of the week, missed calls by extension',
      roles: ANYONE,
      params: z.strictObject({ name: nameSchema }),
      query: periodQuery,
      body: nothing,
      answers: { 200: { description: 'The rows of the report', schema: reportSchema } },
      handler: async ({ params: { name }, query: { from, to, tz }, viewer, gone }) => {
        const { readModel } = await viewer();
        const rows = await readModel.report(name, { from, to, timeZone: tz }, gone);
        return { status: 200, json: { name, from, to, tz, rows } };
      },
    }),
  ];
}
