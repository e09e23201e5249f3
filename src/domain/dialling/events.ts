/** What stands in `dial-<uuid>`: that somebody wanted a call to be begun, and what came of it. */
import { z } from 'zod';
import { customerIdSchema, pbxIdSchema } from '../events.ts';
import { dialResults, refusalReasons } from './outcome.ts';

export const callRequestedSchema = z.object({
  pbx: pbxIdSchema,
  /** at whose phone it begins */
  extension: z.string().min(1).max(64),
  dialled: z.string().min(1).max(41),
  /** of the channel that begins it: the id of the call that comes of it */
  channel_id: z.string(),
  asked_from: z.enum(['number', 'entry', 'customer']),
  entry_id: z.uuid().optional(),
  customer_id: customerIdSchema.optional(),
});
export type CallRequested = z.infer<typeof callRequestedSchema>;

export const callRequestAnsweredSchema = z.object({
  result: z.enum(dialResults),
  reason: z.enum(refusalReasons).nullable(),
});
