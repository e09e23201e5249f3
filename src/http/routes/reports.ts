import { z } from 'zod';
import { directionSchema, type Outcome } from '../../domain/entry.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import { ANYONE } from '../auth/principal.ts';
import { time } from '../contract/contract.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

const MAX_DAYS = 400;

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
    tz: z.string().refine(isTimeZone, 'an IANA time zone, as Europe/Athens').default('UTC'),
  })
  .refine(({ from, to }) => isPeriod(from, to), { path: ['to'], error: `after from, by at most ${MAX_DAYS} days` });

export const reportSchema = z
  .object({
    name: nameSchema,
    from: z.string(),
    to: z.string(),
    tz: z.string(),
    rows: z.union(Object.values(rowSchemas).map((row) => z.array(row))),
  })
  .meta({ id: 'Report' });

export function reportRoutes(readModel: ReadModel): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/reports/{name}',
      summary: 'Figures of a period: a summary, calls by day, calls by hour of the week, missed calls by extension',
      roles: ANYONE,
      params: z.strictObject({ name: nameSchema }),
      query: periodQuery,
      body: nothing,
      answers: { 200: { description: 'The rows of the report', schema: reportSchema } },
      handler: async ({ params: { name }, query: { from, to, tz } }) => ({
        status: 200,
        json: { name, from, to, tz, rows: await readModel.report(name, { from, to, timeZone: tz }) },
      }),
    }),
  ];
}

function isPeriod(from: string, to: string): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return days > 0 && days <= MAX_DAYS;
}

/** A zone's name; not an offset, which PostgreSQL reads with the other sign. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
