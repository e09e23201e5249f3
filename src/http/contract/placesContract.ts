/** Contexts and endpoints that no rule knows, as they go over the wire. */
import { z } from 'zod';
import { rulesSchema } from '../../domain/rules.ts';
import { PLACE_SETTINGS } from '../../domain/unknownPlaces.ts';

export const placeSchema = z
  .object({
    pbx: z.string(),
    setting: z.enum(PLACE_SETTINGS),
    value: z.string(),
    calls: z.int().meta({ description: 'of the latest calls that it was met in' }),
    rules: rulesSchema.meta({ description: 'the rules in force with it: what a rebuild is asked for with' }),
  })
  .meta({ id: 'UnknownPlace' });
