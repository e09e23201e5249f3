/** How the PBXs were heard, as it goes over the wire. */
import { z } from 'zod';
import { gapCauses, notFilledReasons } from '../../domain/gaps.ts';
import type { PbxCoverage } from '../../ports/coverage.ts';

const seconds = z.number().min(0);

const fillingSchema = z.object({
  outcome: z.enum(['filled', 'not_filled']),
  records: z.int().meta({ description: 'call records that lie in the gap' }),
  calls: z.int().meta({ description: 'calls among them that nobody had heard' }),
  reason: z.enum(notFilledReasons).nullable().meta({ description: 'why it is not filled' }),
  asked_at: z.string(),
  final: z.boolean().meta({ description: 'the records are not asked again' }),
});

const heardSchema = z.object({
  from: z.string().nullable(),
  until: z.string().nullable().meta({ description: 'null: nothing of it lies in the gap' }),
  facts: z.int().meta({ description: 'that were stored' }),
  set_aside: z.int().meta({ description: 'that were not: the next server has heard them, or it cannot be told' }),
});

const gapSchema = z
  .object({
    from: z.string().meta({ description: 'when the PBX was last heard' }),
    to: z.string().nullable().meta({ description: 'when it was connected again; null: not yet' }),
    cause: z.enum(gapCauses),
    heard: heardSchema
      .nullable()
      .meta({ description: 'what the journal of a server held of it; null: none was found' }),
    open_seconds: seconds.meta({ description: 'of the gap that nobody has heard' }),
    filling: fillingSchema.nullable().meta({ description: 'what the call records told; null: not asked yet' }),
  })
  .meta({ id: 'Gap' });

const daySchema = z.object({
  day: z.iso.date(),
  seconds: seconds.meta({ description: 'of the day that lie in the period; 23 or 25 hours when clocks are changed' }),
  listened_seconds: seconds,
  journal_seconds: seconds.meta({ description: 'of what was listened to: found in a journal afterwards' }),
  gap_seconds: seconds,
  filled_seconds: seconds.meta({ description: 'of the gaps: for which call records were brought in' }),
});

const pbxCoverageSchema = z
  .object({
    pbx: z.string(),
    days: z.array(daySchema).meta({ description: 'what is neither listened nor gap lies before the first connection' }),
    gaps: z.array(gapSchema).meta({ description: 'the newest, newest first' }),
    gaps_in_all: z.int(),
    missing_facts: z.int().meta({ description: 'that were heard and are not in the log, although later ones are' }),
  })
  .meta({ id: 'PbxCoverage' });

export const coverageSchema = z
  .object({ from: z.string(), to: z.string(), tz: z.string(), pbxs: z.array(pbxCoverageSchema) })
  .meta({ id: 'Coverage' });

/** The port's own shape is the wire's. */
export function shownCoverage(pbxs: readonly PbxCoverage[]): z.infer<typeof pbxCoverageSchema>[] {
  return pbxs.map(({ days, gaps, ...pbx }) => ({ ...pbx, days: [...days], gaps: [...gaps] }));
}
