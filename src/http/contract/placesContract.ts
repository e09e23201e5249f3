/** Contexts and endpoints that no rule knows, as they go over the wire. */
import { z } from 'zod';
import { rulesSchema } from '../../domain/rules.ts';

export const placeSchema = z
  .object({
    pbx: z.string(),
    setting: z.enum(['trunk_contexts', 'internal_contexts', 'trunk_names', 'shared_endpoints']),
    value: z.string(),
    calls: z.int().meta({ description: 'of the latest calls that it was met in' }),
    rules: rulesSchema.meta({ description: 'the rules in force with it: what a rebuild is asked for with' }),
  })
  .meta({ id: 'UnknownPlace' });
