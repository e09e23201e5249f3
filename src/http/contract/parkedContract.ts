/** Parked events, and trying them again, as they go over the wire. */
import { z } from 'zod';
import type { ParkedEvent } from '../../ports/readModel.ts';
import type { ParkedRetry, RetryParked } from '../../ports/rebuilds.ts';

const MAX_POSITIONS = 100;

/** In the log, as digits. */
export const positionSchema = z.string().regex(/^\d{1,18}$/, 'a position in the log: digits');

export const parkedSchema = z
  .object({
    position: z.string(),
    stream: z.string(),
    revision: z.int(),
    event_id: z.uuid(),
    type: z.string(),
    error: z.string().meta({ description: 'names no content' }),
    parked_at: z.string(),
  })
  .meta({ id: 'ParkedEvent' });

export const retryParkedBody = z
  .strictObject({
    version: z.int().min(1).max(2_147_483_647).optional().meta({ description: 'default: the active one' }),
    positions: z.array(positionSchema).min(1).max(MAX_POSITIONS).optional().meta({ description: 'default: all' }),
    after: positionSchema.optional().meta({ description: '`next` of the answer before' }),
  })
  .meta({ id: 'RetryParked' });

export const parkedRetrySchema = z
  .object({
    version: z.int(),
    folded: z.int(),
    failed: z.array(parkedSchema).meta({ description: 'tried, and still parked for the reason that is told now' }),
    remaining: z.int().meta({ description: 'parked in the version now, tried or not' }),
    next: z.string().nullable().meta({ description: 'not all could be tried at once: go on after this position' }),
  })
  .meta({ id: 'ParkedRetry' });

export function askedRetry({ version, positions, after }: z.output<typeof retryParkedBody>): RetryParked {
  return {
    version: version ?? null,
    positions: positions?.map(BigInt) ?? null,
    after: after === undefined ? null : BigInt(after),
  };
}

export function shownParked(event: ParkedEvent): z.infer<typeof parkedSchema> {
  const { position, stream, revision, eventId, type, error, parkedAt } = event;
  const [at, inStream] = [`${position}`, Number(revision)];
  return { position: at, stream, revision: inStream, event_id: eventId, type, error, parked_at: parkedAt };
}

export function shownRetry({
  version,
  folded,
  failed,
  remaining,
  next,
}: ParkedRetry): z.infer<typeof parkedRetrySchema> {
  return { version, folded, failed: failed.map(shownParked), remaining, next: next === null ? null : `${next}` };
}
