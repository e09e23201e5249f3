/** What was heard against the call records, as it goes over the wire. */
import { z } from 'zod';
import { disagreementKinds } from '../../domain/records/compareRows.ts';
import { pageOf } from './contract.ts';

const told = z.string().nullable();

const disagreementSchema = z
  .object({
    kind: z.enum(disagreementKinds),
    heard: told.meta({ description: 'what the row says; null where the kind says all' }),
    recorded: told.meta({ description: 'what the call records say' }),
    id: z.uuid().meta({ description: 'of the entry' }),
    pbx: z.string(),
    ext_message_id: z.string(),
    occurred_at: told,
  })
  .meta({ id: 'Disagreement' });

/** A page of calls, and where their records say another thing: often there are fewer, or more, than calls. */
export const reconciledSchema = pageOf(disagreementSchema).extend({
  compared: z.int().meta({ description: 'calls of this page' }),
});
