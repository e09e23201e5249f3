import { z } from 'zod';
import type { Micros } from '../../domain/time.ts';

const micros = z.custom<Micros>((value) => Number.isSafeInteger(value));

/** What the server that listens to a PBX tells whoever comes after it, every second; times are of its clock. */
export const wordsSchema = z.object({
  /** the id of the server: until a new holder has told something, the words are those of the one before */
  server: z.string().max(100),
  /** the latest connection whose end is not in the log; null: there is none */
  connection: z.uuid().nullable(),
  /** its session; null: not in the log yet */
  session: z.int().min(0).nullable(),
  /** all that the PBX said until then is heard; null: nothing was heard yet */
  heardUntil: micros.nullable(),
  /** all that this server has heard until then is in the log, whether it was connected or not */
  storedUntil: micros.nullable(),
  /** the PBX's clock minus the server's */
  clockOffsetMs: z.number().nullable(),
  /** of the log: behind it stands what was stored of the session last */
  position: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
  /** what proves that the PBX was started anew (`RestartWatch`) */
  newestUniqueids: z.array(z.string().max(200)).max(20),
  startedAt: z.string().max(100).nullable(),
});
export type Words = z.infer<typeof wordsSchema>;
