import { z } from 'zod';
import { type HealthReport, levels } from '../../ports/health.ts';
import { type Waiting, waitingReasons } from '../../ports/rebuilds.ts';
import { progressSchema, shownProgress } from './rebuildContract.ts';

const levelSchema = z.enum(levels);

const checksSchema = z.record(
  z.string(),
  z.object({ status: levelSchema, detail: z.string().meta({ description: 'in words; no address, no secret' }) }),
);

const beside = { version: z.int(), derivation: z.string() };

const waitingSchema = z
  .object({
    rebuild: z
      .object({ reason: z.enum(waitingReasons), derivation: z.string() })
      .nullable()
      .meta({
        description: 'why a rebuild would give other rows, and what it would be derived with; null: it would not',
      }),
    mixed: z.boolean().meta({ description: 'rows of the active version were computed by different programs' }),
    building: z
      .array(z.object({ ...beside, progress: progressSchema.nullable() }))
      .meta({ description: 'versions that are being built' }),
    ready: z
      .array(z.object(beside))
      .meta({ description: 'versions that are built, neither activated nor dropped yet' }),
    parked: z.int().meta({ description: 'events of the active version that could not be projected' }),
    rematching: z.int().meta({
      description: "numbers that are another customer's now and whose calls are still to be matched again, up to 1,000",
    }),
    folding: z.int().meta({
      description: 'calls of which more is known than their rows tell yet, up to 1,000: they are to be folded anew',
    }),
    folding_seconds: z.number().meta({ description: 'how long one of them has waited for it; 0: none does' }),
    stuck: z
      .array(z.object({ version: z.int(), error: z.string() }))
      .meta({ description: 'versions that do not go on before a person acts, and why' }),
  })
  .meta({ id: 'Waiting' });

export const healthSchema = z
  .object({
    status: levelSchema,
    checks: checksSchema,
    waiting: waitingSchema.nullable().meta({
      description: 'what waits for a person or is under way; no part of the status. null: the database does not answer',
    }),
  })
  .meta({ id: 'Health' });

/** The whole is as well as its worst part. What waits makes nothing worse: the call log is served as it was. */
export function shownHealth({ checks, waiting }: HealthReport): z.infer<typeof healthSchema> {
  const levels = Object.values(checks).map((check) => check.status);
  const status = levels.includes('fail') ? 'fail' : levels.includes('warn') ? 'warn' : 'pass';
  return { status, checks: { ...checks }, waiting: waiting && shownWaiting(waiting) };
}

function shownWaiting({
  rebuild,
  mixed,
  building,
  ready,
  parked,
  rematching,
  folding,
  foldingSeconds,
  stuck,
}: Waiting): z.infer<typeof waitingSchema> {
  return {
    rebuild,
    mixed,
    building: building.map((one) => ({ ...one, progress: one.progress && shownProgress(one.progress) })),
    ready: [...ready],
    parked,
    rematching,
    folding,
    folding_seconds: foldingSeconds,
    stuck: [...stuck],
  };
}
