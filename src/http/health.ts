import { z } from 'zod';

const levelSchema = z.enum(['pass', 'warn', 'fail']);

const checksSchema = z.record(
  z.string(),
  z.object({ status: levelSchema, detail: z.string().meta({ description: 'in words; no address, no secret' }) }),
);

/** What is checked (`log`, `database`, `projection`, `pbx <id>` …) and how it is. */
export type HealthChecks = Readonly<z.infer<typeof checksSchema>>;

export const healthSchema = z.object({ status: levelSchema, checks: checksSchema }).meta({ id: 'Health' });

/** The whole is as well as its worst part. */
export function healthOf(checks: HealthChecks): z.infer<typeof healthSchema> {
  const levels = Object.values(checks).map((check) => check.status);
  const status = levels.includes('fail') ? 'fail' : levels.includes('warn') ? 'warn' : 'pass';
  return { status, checks };
}
