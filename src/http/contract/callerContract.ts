/** What is to be known of who is calling, as it goes over the wire. */
import { z } from 'zod';
import { customerIdSchema } from '../../domain/events.ts';
import { currentSchema, customerNameSchema, listedSchema } from './contract.ts';

export const callerSchema = z
  .object({
    call: currentSchema,
    customer: customerNameSchema,
    candidates: z
      .array(z.object({ id: customerIdSchema, name: z.string() }))
      .meta({ description: 'who else it could be, at most ten' }),
    open_misses: z.int().meta({ description: 'how often they called in vain since the last contact' }),
    last_calls: z.array(listedSchema).meta({ description: 'the last three with them' }),
    last_note: z
      .object({ entry_id: z.uuid(), text: z.string(), author: z.string(), at: z.string() })
      .nullable()
      .meta({ description: 'the latest note on one of these, of its text the first 200 characters' }),
  })
  .meta({ id: 'Caller' });
