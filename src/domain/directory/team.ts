/** A team of the directory: which queues and which of our numbers are its own, so that what is missed there is missed by it. */
import { z } from 'zod';
import { pbxIdSchema } from '../events.ts';

export const MAX_PLACES_OF_ONE = 100;

/** A queue or one of our numbers, by what the phone system calls it; without `pbx` at every phone system. */
const placeSchema = z.object({ place: z.string().min(1).max(64), pbx: pbxIdSchema.optional() });
export type Place = z.infer<typeof placeSchema>;

export const teamSchema = z.object({
  name: z.string().min(1).max(200),
  queues: z.array(placeSchema).max(MAX_PLACES_OF_ONE),
  dids: z.array(placeSchema).max(MAX_PLACES_OF_ONE),
});
export type TeamData = z.infer<typeof teamSchema>;

export const MAX_NAMED_PLACES = 500;

const namedPlaceSchema = placeSchema.extend({ name: z.string().min(1).max(100) });

/** What people call the queues and our numbers; in `system-places`, where the last one is in force. */
export const placeNamesSchema = z.object({
  queues: z.array(namedPlaceSchema).max(MAX_NAMED_PLACES),
  dids: z.array(namedPlaceSchema).max(MAX_NAMED_PLACES),
});
export type PlaceNames = z.infer<typeof placeNamesSchema>;
export const NO_PLACE_NAMES: PlaceNames = { queues: [], dids: [] };
