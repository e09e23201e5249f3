import { z } from 'zod';

/** To the readers: who they are. */
export const tokensSchema = z.array(z.string());

/** From them: what came to a reader, and whether its feed has ended. */
export const readSchema = z.object({ changes: z.int(), gaps: z.int(), ended: z.boolean() });
export type Read = z.infer<typeof readSchema>;
